/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

/* What libFuzzer calls with each input. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* As g_assert(), with or without G_DISABLE_ASSERT. */
#define FUZZ_ASSERT(condition)                                                                                         \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      g_error ("%s: %s", G_STRLOC, #condition);                                                                        \
  } while (0)

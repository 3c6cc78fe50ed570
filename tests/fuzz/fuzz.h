/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What libFuzzer calls with each input. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A warning breaks the program, as a failed assertion does, and by a signal that makes libFuzzer keep the input. */
static inline void
fuzz_log (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  g_printerr ("%s: %s\n", domain != NULL ? domain : "", message);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    abort ();
}

__attribute__ ((constructor)) static void
fuzz_watch_log (void)
{
  g_log_set_default_handler (fuzz_log, NULL);
}

/* As g_assert(), with or without G_DISABLE_ASSERT. */
#define FUZZ_ASSERT(condition)                                                                                         \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      g_error ("%s: %s", G_STRLOC, #condition);                                                                        \
  } while (0)

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/rtttl.h"

#include <string.h>

/* A melody that is taken is a script that prints and parses; one that is not says where. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneScript) script = rtttl_parse (text, &error);

  if (script == NULL) {
    FUZZ_ASSERT (error != NULL && error->domain == TONE_SCRIPT_ERROR && g_str_has_prefix (error->message, "column "));
    return 0;
  }
  FUZZ_ASSERT (error == NULL && script->n_elements > 0);
  g_autofree char *printed = tone_script_print (script);
  g_autoptr (ToneScript) again = tone_script_parse (printed, NULL);
  FUZZ_ASSERT (strlen (printed) > TONE_SCRIPT_MAX_LENGTH || (again != NULL && tone_script_equal (script, again)));
  return 0;
}

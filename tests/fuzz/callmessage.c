/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/callmessage.h"
#include "gst/core/jsoncheck.h"

#include <string.h>

/* The first byte, from 'a' on, is the type and the rest the body. What is read is written as JSON that reads as the
 * same message. */

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;

  if (size == 0)
    return 0;
  CallMessageType type = (CallMessageType) ((guint8) (data[0] - 'a') % CALL_MESSAGE_COUNT);
  g_autoptr (CallMessage) message = call_message_parse (type, (const char *) data + 1, size - 1, &error);
  FUZZ_ASSERT ((message == NULL) == (error != NULL));
  if (message == NULL)
    return 0;

  g_autoptr (CallMessage) copy = call_message_copy (message);
  g_autofree char *written = call_message_write (copy);
  FUZZ_ASSERT (json_check (written, strlen (written), JSON_CHECK_MAX_DEPTH, NULL));
  g_autoptr (CallMessage) again = call_message_parse (type, written, strlen (written), NULL);
  FUZZ_ASSERT (again != NULL);
  g_autofree char *written_again = call_message_write (again);
  FUZZ_ASSERT (strcmp (written, written_again) == 0);
  return 0;
}

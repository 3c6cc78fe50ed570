/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Prints the server's tables: "METHOD path token|open" for each route, "EVENT name token" for each event of a client,
 * "EMIT name token" for each of the server. For tests that have to know all of them. */

#include "gst/core/callmessage.h"
#include "tools/call-server/events.h"
#include "tools/call-server/routes.h"

int
main (void)
{
  const char *method, *path;
  gboolean needs_token;
  for (guint i = 0; routes_get (i, &method, &path, &needs_token); i++)
    g_print ("%s %s %s\n", method, path, needs_token ? "token" : "open");
  for (guint i = 0; events_get_name (i) != NULL; i++)
    g_print ("EVENT %s token\n", events_get_name (i));
  for (int i = 0; i <= CALL_MESSAGE_CALL_QUALITY; i++)
    g_print ("EMIT %s token\n", call_message_type_to_string (i));
  return 0;
}

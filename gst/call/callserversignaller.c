/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Holds the name until the client of gst-call-server is in. */

#include "gst/call/callserversignaller.h"

GstCallSignaller *
gst_call_server_signaller_new (GUri *uri, const char *token)
{
  return NULL;
}

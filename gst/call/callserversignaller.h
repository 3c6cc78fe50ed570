/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callsignaller.h"

G_BEGIN_DECLS

#define GST_TYPE_CALL_SERVER_SIGNALLER (gst_call_server_signaller_get_type ())
G_DECLARE_FINAL_TYPE (GstCallServerSignaller, gst_call_server_signaller, GST, CALL_SERVER_SIGNALLER, GObject)

/* The times that tests make short. All in milliseconds. */
typedef struct
{
  guint connect;     /* from the TCP connection to the accepted token: 10000 */
  guint request;     /* to the answer of a request: 10000 */
  guint signal;      /* the same of a call-signal, which waits for a lost socket to come back: 30000 */
  guint goodbye;     /* stop waits so long for the server to close: 1000 */
  guint backoff;     /* first delay before a new connection: 200, doubling */
  guint backoff_max; /* to 5000 */
} GstCallServerSignallerTimes;

/* @uri: http(s)://host[:port]; @token as gst_call_signaller_new() has checked it. */
GstCallSignaller *gst_call_server_signaller_new (GUri *uri, const char *token);
/* Before start. */
void gst_call_server_signaller_set_times (GstCallServerSignaller *self, const GstCallServerSignallerTimes *times);

extern const GstCallServerSignallerTimes gst_call_server_signaller_default_times;

G_END_DECLS

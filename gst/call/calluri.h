/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* call://host[:port]/USER[?call-type=audio|video][&session=NAME], or /call/CALL-ID in place of the user; calls:// for
 * a server behind TLS. Members that a URI does not have are NULL. */
typedef struct
{
  char *server; /* http(s)://host[:port] */
  char *peer;
  char *call_id;
  char *call_type;
  char *session;
} CallUri;

CallUri *call_uri_parse (const char *text, GError **error); /* of GST_URI_ERROR */
void call_uri_free (CallUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallUri, call_uri_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What a run says: a line for people, or a JSON object a line. */

/* NAME: previous -> state field=value ... */
char *events_to_text (const GstStructure *structure);
/* {"event":NAME, "field":value, ...}. Fields that JSON has no word for come as GStreamer writes them. */
char *events_to_json (const GstStructure *structure);
gboolean events_is_call (const GstStructure *structure);
/* One clear line of an error or warning message: element, text, and what the plugin added. */
char *events_error_to_text (GstMessage *message);
/* `pad: caps = ...` of a property-notify message; NULL when there are none, or a key is in them. */
char *events_caps_to_text (GstMessage *message);

G_END_DECLS

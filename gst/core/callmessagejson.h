/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/callmessage.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Single values out of json-glib's nodes and into its builder, for callmessage*.c. */

gboolean call_json_fail (GError **error, CallMessageError code, const char *name, const char *what); /* FALSE */

JsonNode *call_json_get_member (JsonObject *object, const char *name); /* NULL: absent or null */
const char *call_json_get_string (JsonNode *node);                     /* NULL: not a string */
gboolean call_json_get_boolean (JsonNode *node, gboolean *value);      /* FALSE: not a boolean */
gboolean call_json_get_int (JsonNode *node, gint64 *value);            /* FALSE: not an integer */
/* A string of @min..@max bytes. Without @required it may be absent: then TRUE, and @value is as it was. */
gboolean call_json_take_string (
    JsonObject *object, const char *name, gsize min, gsize max, gboolean required, char **value, GError **error);

void call_json_add_string (JsonBuilder *builder, const char *name, const char *value); /* nothing when NULL */
void call_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value);
void call_json_add_int (JsonBuilder *builder, const char *name, gint64 value);

G_END_DECLS

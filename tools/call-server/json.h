/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the server needs of JSON beside the call messages of core: bodies come in through the strict validator, and
 * a member of another type than asked is the same as an absent one. */

/* NULL: not JSON, or no object. @length -1: NUL-terminated. */
JsonObject *json_object_from_text (const char *text, gssize length, GError **error);
char *json_object_to_text (JsonObject *object);
char *json_array_to_text (JsonArray *array);

gboolean json_object_has (JsonObject *object, const char *name);     /* present and not null */
const char *json_object_text (JsonObject *object, const char *name); /* NULL unless it is a string */
gboolean json_object_number (JsonObject *object, const char *name, double *value);
/* Three decimals, which is more than any of our figures is worth; NAN is null. */
void json_object_set_rounded (JsonObject *object, const char *name, double value);
/* A string, or an integer written in decimal: ids are either. NULL unless it is one. */
char *json_object_id (JsonObject *object, const char *name);

G_END_DECLS

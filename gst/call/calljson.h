/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* GstStructures and JSON objects: field-name is fieldName. */

char *call_json_member_name (const char *field);
/* The members of an object that @builder has open: numbers, booleans and strings; the rest is left out, and so is what
 * is no finite number. Fractions have three digits. */
void call_json_add_fields (JsonBuilder *builder, const GstStructure *structure);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "calljson.h"

#include <math.h>

char *
call_json_member_name (const char *field)
{
  GString *name = g_string_sized_new (24);

  for (const char *c = field; *c != '\0'; c++) {
    if (*c == '-' && c[1] != '\0')
      g_string_append_c (name, g_ascii_toupper (*++c));
    else
      g_string_append_c (name, *c);
  }
  return g_string_free (name, FALSE);
}

/* FALSE: of a type that has no place here. */
static gboolean
add_value (JsonBuilder *builder, const char *name, const GValue *value)
{
  GValue whole = G_VALUE_INIT;

  if (G_VALUE_HOLDS_DOUBLE (value)) {
    if (!isfinite (g_value_get_double (value)))
      return FALSE;
    json_builder_set_member_name (builder, name);
    json_builder_add_double_value (builder, round (g_value_get_double (value) * 1000) / 1000);
    return TRUE;
  }
  if (G_VALUE_HOLDS_BOOLEAN (value) || G_VALUE_HOLDS_STRING (value)) {
    json_builder_set_member_name (builder, name);
    if (G_VALUE_HOLDS_BOOLEAN (value))
      json_builder_add_boolean_value (builder, g_value_get_boolean (value));
    else
      json_builder_add_string_value (builder, g_value_get_string (value));
    return TRUE;
  }
  g_value_init (&whole, G_TYPE_INT64);
  if (!g_value_transform (value, &whole))
    return FALSE;
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, g_value_get_int64 (&whole));
  return TRUE;
}

void
call_json_add_fields (JsonBuilder *builder, const GstStructure *structure)
{
  for (gint i = 0; i < gst_structure_n_fields (structure); i++) {
    const char *field = gst_structure_nth_field_name (structure, (guint) i);
    g_autofree char *name = call_json_member_name (field);
    add_value (builder, name, gst_structure_get_value (structure, field));
  }
}

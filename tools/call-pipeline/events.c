/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "events.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "gst/core/jsontext.h"

static gboolean
add_text_field (GQuark field, const GValue *value, gpointer user_data)
{
  GString *line = user_data;
  const char *name = g_quark_to_string (field);
  g_autofree char *text = NULL;

  if (g_str_equal (name, "state") || g_str_equal (name, "previous"))
    return TRUE;
  text = G_VALUE_HOLDS_STRING (value) ? g_value_dup_string (value) : gst_value_serialize (value);
  if (text != NULL && text[0] != '\0')
    g_string_append_printf (line, " %s=%s", name, text);
  return TRUE;
}

/* JSON has no word for what is no number. */
static void
add_double (JsonBuilder *builder, double number)
{
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static void
set_json_field (JsonBuilder *builder, const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value)) {
    json_builder_add_string_value (builder, g_value_get_string (value));
  } else if (G_VALUE_HOLDS_BOOLEAN (value)) {
    json_builder_add_boolean_value (builder, g_value_get_boolean (value));
  } else if (G_VALUE_HOLDS_DOUBLE (value) || G_VALUE_HOLDS_FLOAT (value)) {
    g_auto (GValue) number = G_VALUE_INIT;
    g_value_init (&number, G_TYPE_DOUBLE);
    g_value_transform (value, &number);
    add_double (builder, g_value_get_double (&number));
  } else if (G_VALUE_HOLDS_INT (value) || G_VALUE_HOLDS_UINT (value) || G_VALUE_HOLDS_INT64 (value)
             || G_VALUE_HOLDS_UINT64 (value)) {
    g_auto (GValue) number = G_VALUE_INIT;
    g_value_init (&number, G_TYPE_INT64);
    g_value_transform (value, &number);
    json_builder_add_int_value (builder, g_value_get_int64 (&number));
  } else {
    g_autofree char *text = gst_value_serialize (value);
    json_builder_add_string_value (builder, text);
  }
}

static gboolean
add_json_field (GQuark field, const GValue *value, gpointer user_data)
{
  json_builder_set_member_name (user_data, g_quark_to_string (field));
  set_json_field (user_data, value);
  return TRUE;
}

gboolean
events_is_call (const GstStructure *structure)
{
  return structure != NULL && g_str_has_prefix (gst_structure_get_name (structure), "call-");
}

char *
events_to_text (const GstStructure *structure)
{
  GString *line;
  const char *state, *previous;

  line = g_string_new (gst_structure_get_name (structure));
  state = gst_structure_get_string (structure, "state");
  previous = gst_structure_get_string (structure, "previous");
  if (state != NULL)
    g_string_append_printf (line, ": %s%s%s", previous != NULL ? previous : "", previous != NULL ? " -> " : "", state);
  gst_structure_foreach (structure, add_text_field, line);
  return g_string_free (line, FALSE);
}

char *
events_to_json (const GstStructure *structure)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, gst_structure_get_name (structure));
  gst_structure_foreach (structure, add_json_field, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_mend_exponents (json_to_string (root, FALSE));
}

char *
events_error_to_text (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;
  const char *detail = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, &debug);
  else
    gst_message_parse_error (message, &error, &debug);
  /* The debug text is `file(line): function (): path:\nwhat the element knows`: the last line is for users. */
  if (debug != NULL) {
    g_strchomp (debug);
    detail = strrchr (debug, '\n');
  }
  return g_strdup_printf ("%s: %s%s%s%s", GST_MESSAGE_SRC_NAME (message), error->message, detail != NULL ? " (" : "",
      detail != NULL ? detail + 1 : "", detail != NULL ? ")" : "");
}

char *
events_caps_to_text (GstMessage *message)
{
  GstObject *object = NULL;
  const char *name = NULL;
  const GValue *value = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  gst_message_parse_property_notify (message, &object, &name, &value);
  if (value == NULL || !GST_VALUE_HOLDS_CAPS (value) || gst_value_get_caps (value) == NULL)
    return NULL;
  text = gst_caps_to_string (gst_value_get_caps (value));
  if (strstr (text, "srtp-key") != NULL)
    return NULL;
  path = gst_object_get_path_string (object);
  return g_strdup_printf ("%s: %s = %s", path, name, text);
}

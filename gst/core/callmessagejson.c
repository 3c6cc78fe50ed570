/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callmessagejson.h"

#include <string.h>

gboolean
call_json_fail (GError **error, CallMessageError code, const char *name, const char *what)
{
  g_set_error (error, CALL_MESSAGE_ERROR, code, "%s %s", name, what);
  return FALSE;
}

JsonNode *
call_json_get_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

const char *
call_json_get_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                          : NULL;
}

gboolean
call_json_get_boolean (JsonNode *node, gboolean *value)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}

gboolean
call_json_get_int (JsonNode *node, gint64 *value)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

gboolean
call_json_take_string (
    JsonObject *object, const char *name, gsize min, gsize max, gboolean required, char **value, GError **error)
{
  JsonNode *node = call_json_get_member (object, name);

  if (node == NULL)
    return !required || call_json_fail (error, CALL_MESSAGE_ERROR_MISSING, name, "is missing");
  const char *text = call_json_get_string (node);
  if (text == NULL || strlen (text) < min || strlen (text) > max)
    return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, name, "has a wrong type or size");
  g_free (*value);
  *value = g_strdup (text);
  return TRUE;
}

void
call_json_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

void
call_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
call_json_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

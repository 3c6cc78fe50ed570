/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/json.h"

#include "gst/core/jsoncheck.h"
#include "gst/core/jsontext.h"

#include <math.h>
#include <string.h>

JsonObject *
json_object_from_text (const char *text, gssize length, GError **error)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  if (!json_check (text, size, JSON_CHECK_MAX_DEPTH, error))
    return NULL;

  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) size, error))
    return NULL;
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, JSON_CHECK_ERROR, JSON_CHECK_ERROR_SYNTAX, "not a JSON object");
    return NULL;
  }
  return json_node_dup_object (root);
}

char *
json_object_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return json_mend_exponents (json_to_string (node, FALSE));
}

char *
json_array_to_text (JsonArray *array)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  json_node_set_array (node, array);
  return json_mend_exponents (json_to_string (node, FALSE));
}

static JsonNode *
member (JsonObject *object, const char *name)
{
  return object != NULL ? json_object_get_member (object, name) : NULL;
}

gboolean
json_object_has (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name);
  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

const char *
json_object_text (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name);
  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

gboolean
json_object_number (JsonObject *object, const char *name, double *value)
{
  JsonNode *node = member (object, name);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *value = json_node_get_double (node);
  return TRUE;
}

void
json_object_set_rounded (JsonObject *object, const char *name, double value)
{
  if (isnan (value))
    json_object_set_null_member (object, name);
  else
    json_object_set_double_member (object, name, round (value * 1000) / 1000);
}

char *
json_object_id (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name);
  if (node != NULL && json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return g_strdup (json_object_text (object, name));
}

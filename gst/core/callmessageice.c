/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callmessagekinds.h"

#include "gst/core/callmessagejson.h"

#include <string.h>

/* The kind `iceServers`: a list of W3C RTCIceServer. */

static gboolean
read_url (JsonNode *node, GPtrArray *urls)
{
  const char *url = call_json_get_string (node);

  if (url == NULL || *url == '\0' || strlen (url) > CALL_MESSAGE_MAX_TEXT)
    return FALSE;
  g_ptr_array_add (urls, g_strdup (url));
  return TRUE;
}

/* W3C RTCIceServer: a string, or an array of them. */
static char **
read_urls (JsonNode *node)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func (g_free);
  gboolean good = TRUE;

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    guint count = json_array_get_length (array);
    good = count > 0 && count <= CALL_MESSAGE_MAX_ICE_SERVERS;
    for (guint i = 0; good && i < count; i++)
      good = read_url (json_array_get_element (array, i), urls);
  } else {
    good = read_url (node, urls);
  }
  if (!good)
    return NULL;
  g_ptr_array_add (urls, NULL);
  return g_strdupv ((char **) urls->pdata);
}

static CallIceServer *
read_ice_server (JsonNode *node, GError **error)
{
  g_autoptr (CallIceServer) server = g_new0 (CallIceServer, 1);

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "iceServers", "holds something else than objects");
    return NULL;
  }
  JsonObject *object = json_node_get_object (node);
  server->urls = read_urls (call_json_get_member (object, "urls"));
  if (server->urls == NULL) {
    call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "iceServers.urls", "is neither a URL nor an array of them");
    return NULL;
  }
  if (!call_json_take_string (object, "username", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &server->username, error)
      || !call_json_take_string (object, "credential", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &server->credential, error))
    return NULL;
  return g_steal_pointer (&server);
}

static gboolean
read_ice_servers (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return call_field_invalid (field, error);
  JsonArray *array = json_node_get_array (node);
  if (json_array_get_length (array) > CALL_MESSAGE_MAX_ICE_SERVERS)
    return call_field_invalid (field, error);
  g_clear_pointer (&message->ice_servers, g_ptr_array_unref);
  message->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) call_ice_server_free);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    CallIceServer *server = read_ice_server (json_array_get_element (array, i), error);
    if (server == NULL)
      return FALSE;
    g_ptr_array_add (message->ice_servers, server);
  }
  return TRUE;
}

static void
write_ice_servers (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  if (message->ice_servers == NULL)
    return;
  json_builder_set_member_name (builder, field->name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < message->ice_servers->len; i++) {
    const CallIceServer *server = g_ptr_array_index (message->ice_servers, i);
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "urls");
    json_builder_begin_array (builder);
    for (char **url = server->urls; *url != NULL; url++)
      json_builder_add_string_value (builder, *url);
    json_builder_end_array (builder);
    call_json_add_string (builder, "username", server->username);
    call_json_add_string (builder, "credential", server->credential);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

const CallKind call_kind_ice_servers = {read_ice_servers, write_ice_servers};

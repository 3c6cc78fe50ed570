/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callmessagekinds.h"

#include <string.h>

/* One pair of functions for each kind of value, leaf first. A member that is null counts as absent. */

/* ---- errors ---- */

gboolean
call_field_fail (GError **error, CallMessageError code, const char *name, const char *what)
{
  g_set_error (error, CALL_MESSAGE_ERROR, code, "%s %s", name, what);
  return FALSE;
}

static gboolean
invalid (const CallField *field, GError **error)
{
  return call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, field->name, "has a wrong type, size or value");
}

/* ---- values ---- */

JsonNode *
call_field_get_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static const char *
get_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                          : NULL;
}

static gboolean
get_boolean (JsonNode *node, gboolean *value)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
get_int (JsonNode *node, gint64 *value)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

/* A string member of an object, without @required maybe NULL. */
static gboolean
take_string (
    JsonObject *object, const char *name, gsize min, gsize max, gboolean required, char **value, GError **error)
{
  JsonNode *node = call_field_get_member (object, name);

  if (node == NULL)
    return !required || call_field_fail (error, CALL_MESSAGE_ERROR_MISSING, name, "is missing");
  const char *text = get_string (node);
  if (text == NULL || strlen (text) < min || strlen (text) > max)
    return call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, name, "has a wrong type or size");
  g_free (*value);
  *value = g_strdup (text);
  return TRUE;
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* ---- kind: string ---- */

static gboolean
read_string (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  char **value = G_STRUCT_MEMBER_P (message, field->offset);
  const char *text = get_string (node);

  if (text == NULL || (gint64) strlen (text) < field->min || (gint64) strlen (text) > field->max)
    return invalid (field, error);
  if (field->words != NULL && !g_strv_contains (field->words, text))
    return invalid (field, error);
  g_free (*value);
  *value = g_strdup (text);
  return TRUE;
}

static void
write_string (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  add_string (builder, field->name, G_STRUCT_MEMBER (char *, message, field->offset));
}

const CallKind call_kind_string = {read_string, write_string};

/* ---- kind: integer, boolean ---- */

static gboolean
read_int (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  gint64 value;

  if (!get_int (node, &value) || value < field->min || value > field->max)
    return invalid (field, error);
  G_STRUCT_MEMBER (gint64, message, field->offset) = value;
  return TRUE;
}

static void
write_int (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  add_int (builder, field->name, G_STRUCT_MEMBER (gint64, message, field->offset));
}

const CallKind call_kind_int = {read_int, write_int};

/* An answer has a duration when it is about a call that is over. */
static void
write_answer_duration (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  if (message->duration > 0 || g_strcmp0 (message->status, "ended") == 0)
    write_int (field, message, builder);
}

const CallKind call_kind_duration = {read_int, write_answer_duration};

static gboolean
read_boolean (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  return get_boolean (node, G_STRUCT_MEMBER_P (message, field->offset)) || invalid (field, error);
}

static void
write_boolean (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  add_boolean (builder, field->name, G_STRUCT_MEMBER (gboolean, message, field->offset));
}

const CallKind call_kind_boolean = {read_boolean, write_boolean};

/* ---- kind: user ---- */

static gboolean
read_user (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  CallUser *user = G_STRUCT_MEMBER_P (message, field->offset);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return invalid (field, error);
  JsonObject *object = json_node_get_object (node);
  return take_string (object, "_id", 1, CALL_MESSAGE_MAX_ID, TRUE, &user->id, error)
         && take_string (object, "username", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &user->username, error)
         && take_string (object, "fullName", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &user->full_name, error)
         && take_string (object, "avatar", 0, CALL_MESSAGE_MAX_AVATAR, FALSE, &user->avatar, error);
}

static void
write_user (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  const CallUser *user = G_STRUCT_MEMBER_P (message, field->offset);

  if (user->id == NULL)
    return;
  json_builder_set_member_name (builder, field->name);
  json_builder_begin_object (builder);
  add_string (builder, "_id", user->id);
  add_string (builder, "username", user->username);
  add_string (builder, "fullName", user->full_name);
  json_builder_set_member_name (builder, "avatar");
  json_builder_add_string_value (builder, user->avatar); /* NULL writes null: clients expect the member */
  json_builder_end_object (builder);
}

const CallKind call_kind_user = {read_user, write_user};

/* ---- kind: media ---- */

static gboolean
read_media (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return invalid (field, error);
  JsonObject *object = json_node_get_object (node);
  JsonNode *offer = call_field_get_member (object, "offer");
  if (offer == NULL)
    return call_field_fail (error, CALL_MESSAGE_ERROR_MISSING, "media.offer", "is missing");
  if (!get_boolean (offer, &message->offer))
    return invalid (field, error);
  message->has_media = TRUE;
  return take_string (object, "mode", 1, 32, TRUE, &message->media_mode, error);
}

static void
write_media (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  if (!message->has_media)
    return;
  json_builder_set_member_name (builder, field->name);
  json_builder_begin_object (builder);
  add_string (builder, "mode", message->media_mode);
  add_boolean (builder, "offer", message->offer);
  json_builder_end_object (builder);
}

const CallKind call_kind_media = {read_media, write_media};

/* ---- kind: iceServers ---- */

static gboolean
read_url (JsonNode *node, GPtrArray *urls)
{
  const char *url = get_string (node);

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
    call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "iceServers", "holds something else than objects");
    return NULL;
  }
  JsonObject *object = json_node_get_object (node);
  server->urls = read_urls (call_field_get_member (object, "urls"));
  if (server->urls == NULL) {
    call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "iceServers.urls", "is neither a URL nor an array of them");
    return NULL;
  }
  if (!take_string (object, "username", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &server->username, error)
      || !take_string (object, "credential", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &server->credential, error))
    return NULL;
  return g_steal_pointer (&server);
}

static gboolean
read_ice_servers (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return invalid (field, error);
  JsonArray *array = json_node_get_array (node);
  if (json_array_get_length (array) > CALL_MESSAGE_MAX_ICE_SERVERS)
    return invalid (field, error);
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
    add_string (builder, "username", server->username);
    add_string (builder, "credential", server->credential);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

const CallKind call_kind_ice_servers = {read_ice_servers, write_ice_servers};

/* ---- kind: signal: exactly one of description, candidate, renegotiate ---- */

static gboolean
read_description (JsonNode *node, CallSignal *signal, GError **error)
{
  static const char *const types[] = {"offer", "answer", NULL};

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "description", "is not an object");
  JsonObject *object = json_node_get_object (node);
  signal->kind = CALL_SIGNAL_DESCRIPTION;
  if (!take_string (object, "type", 1, 16, TRUE, &signal->sdp_type, error)
      || !take_string (object, "sdp", 1, CALL_MESSAGE_MAX_SDP, TRUE, &signal->sdp, error))
    return FALSE;
  return g_strv_contains (types, signal->sdp_type)
         || call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "description.type", "is neither offer nor answer");
}

static gboolean
read_mline_index (JsonObject *object, CallSignal *signal, gboolean *present, GError **error)
{
  JsonNode *node = call_field_get_member (object, "sdpMLineIndex");
  gint64 value;

  *present = node != NULL;
  if (node == NULL)
    return TRUE;
  if (!get_int (node, &value) || value < 0 || value > G_MAXUINT16)
    return call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "sdpMLineIndex", "has a wrong type or value");
  signal->sdp_mline_index = (guint) value;
  return TRUE;
}

static gboolean
read_candidate (JsonNode *node, CallSignal *signal, GError **error)
{
  gboolean has_index;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "candidate", "is not an object");
  JsonObject *object = json_node_get_object (node);
  signal->kind = CALL_SIGNAL_CANDIDATE;
  if (!take_string (object, "candidate", 0, CALL_MESSAGE_MAX_CANDIDATE, TRUE, &signal->candidate, error)
      || !take_string (object, "sdpMid", 0, CALL_MESSAGE_MAX_ID, FALSE, &signal->sdp_mid, error)
      || !read_mline_index (object, signal, &has_index, error))
    return FALSE;
  if (*signal->candidate != '\0' && signal->sdp_mid == NULL && !has_index)
    return call_field_fail (error, CALL_MESSAGE_ERROR_MISSING, "sdpMid or sdpMLineIndex", "is missing");
  return TRUE;
}

static gboolean
read_renegotiate (JsonNode *node, CallSignal *signal, GError **error)
{
  gboolean value;

  signal->kind = CALL_SIGNAL_RENEGOTIATE;
  return (get_boolean (node, &value) && value)
         || call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "renegotiate", "is not true");
}

static gboolean
read_signal (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  static const struct
  {
    const char *name;
    gboolean (*read) (JsonNode *node, CallSignal *signal, GError **error);
  } choices[] = {
      {"description", read_description},
      {"candidate", read_candidate},
      {"renegotiate", read_renegotiate},
  };
  static const char names[] = "one of description, candidate, renegotiate";
  JsonObject *object = json_node_get_object (node);
  guint found = 0, chosen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    if (call_field_get_member (object, choices[i].name) == NULL)
      continue;
    chosen = i;
    found++;
  }
  if (found == 0)
    return call_field_fail (error, CALL_MESSAGE_ERROR_MISSING, names, "is missing");
  if (found > 1)
    return call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "more than", names);
  return choices[chosen].read (call_field_get_member (object, choices[chosen].name), &message->signal, error);
}

static void
write_description (const CallSignal *signal, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "description");
  json_builder_begin_object (builder);
  add_string (builder, "type", signal->sdp_type);
  add_string (builder, "sdp", signal->sdp);
  json_builder_end_object (builder);
}

static void
write_candidate (const CallSignal *signal, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "candidate");
  json_builder_begin_object (builder);
  add_string (builder, "candidate", signal->candidate);
  add_string (builder, "sdpMid", signal->sdp_mid);
  add_int (builder, "sdpMLineIndex", signal->sdp_mline_index);
  json_builder_end_object (builder);
}

static void
write_signal (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  if (message->signal.kind == CALL_SIGNAL_DESCRIPTION)
    write_description (&message->signal, builder);
  else if (message->signal.kind == CALL_SIGNAL_CANDIDATE)
    write_candidate (&message->signal, builder);
  else if (message->signal.kind == CALL_SIGNAL_RENEGOTIATE)
    add_boolean (builder, "renegotiate", TRUE);
}

const CallKind call_kind_signal = {read_signal, write_signal};

/* ---- kind: quality: the body as it is ---- */

static gboolean
read_quality (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  g_autofree char *text = json_to_string (node, FALSE);

  if (strlen (text) > CALL_MESSAGE_MAX_QUALITY)
    return call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, "the body", "is too long");
  g_free (message->quality);
  message->quality = g_steal_pointer (&text);
  return TRUE;
}

/* callId and from are fields of their own. */
static void
write_quality_member (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  JsonBuilder *builder = user_data;

  if (strcmp (name, "callId") == 0 || strcmp (name, "from") == 0)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, json_node_copy (node));
}

static void
write_quality (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  g_autoptr (JsonNode) node = message->quality != NULL ? json_from_string (message->quality, NULL) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    json_object_foreach_member (json_node_get_object (node), write_quality_member, builder);
}

const CallKind call_kind_quality = {read_quality, write_quality};

/* ---- kind: ok: the ack says `ok`, a REST error `success`, a REST answer neither ---- */

static gboolean
read_ok (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  static const char *const names[] = {"ok", "success"};
  JsonObject *object = json_node_get_object (node);

  message->ok = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    JsonNode *member = call_field_get_member (object, names[i]);
    if (member != NULL)
      return get_boolean (member, &message->ok)
             || call_field_fail (error, CALL_MESSAGE_ERROR_INVALID, names[i], "is not a boolean");
  }
  return TRUE;
}

static void
write_ok (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  add_boolean (builder, "ok", message->ok);
}

const CallKind call_kind_ok = {read_ok, write_ok};

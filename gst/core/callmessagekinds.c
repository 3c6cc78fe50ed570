/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callmessagekinds.h"
#include "gst/core/jsontext.h"

#include "gst/core/callmessagejson.h"

#include <string.h>

/* One pair of functions for each kind of value, leaf first. A member that is null counts as absent. */

gboolean
call_field_invalid (const CallField *field, GError **error)
{
  return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, field->name, "has a wrong type, size or value");
}

/* ---- kind: string ---- */

static gboolean
read_string (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  char **value = G_STRUCT_MEMBER_P (message, field->offset);
  const char *text = call_json_get_string (node);

  if (text == NULL || (gint64) strlen (text) < field->min || (gint64) strlen (text) > field->max)
    return call_field_invalid (field, error);
  if (field->words != NULL && !g_strv_contains (field->words, text))
    return call_field_invalid (field, error);
  g_free (*value);
  *value = g_strdup (text);
  return TRUE;
}

static void
write_string (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  call_json_add_string (builder, field->name, G_STRUCT_MEMBER (char *, message, field->offset));
}

const CallKind call_kind_string = {read_string, write_string};

/* ---- kind: integer, boolean ---- */

static gboolean
read_int (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  gint64 value;

  if (!call_json_get_int (node, &value) || value < field->min || value > field->max)
    return call_field_invalid (field, error);
  G_STRUCT_MEMBER (gint64, message, field->offset) = value;
  return TRUE;
}

static void
write_int (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  call_json_add_int (builder, field->name, G_STRUCT_MEMBER (gint64, message, field->offset));
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
  return call_json_get_boolean (node, G_STRUCT_MEMBER_P (message, field->offset)) || call_field_invalid (field, error);
}

static void
write_boolean (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  call_json_add_boolean (builder, field->name, G_STRUCT_MEMBER (gboolean, message, field->offset));
}

const CallKind call_kind_boolean = {read_boolean, write_boolean};

/* ---- kind: user ---- */

static gboolean
read_user (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  CallUser *user = G_STRUCT_MEMBER_P (message, field->offset);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return call_field_invalid (field, error);
  JsonObject *object = json_node_get_object (node);
  return call_json_take_string (object, "_id", 1, CALL_MESSAGE_MAX_ID, TRUE, &user->id, error)
         && call_json_take_string (object, "username", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &user->username, error)
         && call_json_take_string (object, "fullName", 0, CALL_MESSAGE_MAX_TEXT, FALSE, &user->full_name, error)
         && call_json_take_string (object, "avatar", 0, CALL_MESSAGE_MAX_AVATAR, FALSE, &user->avatar, error);
}

static void
write_user (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  const CallUser *user = G_STRUCT_MEMBER_P (message, field->offset);

  if (user->id == NULL)
    return;
  json_builder_set_member_name (builder, field->name);
  json_builder_begin_object (builder);
  call_json_add_string (builder, "_id", user->id);
  call_json_add_string (builder, "username", user->username);
  call_json_add_string (builder, "fullName", user->full_name);
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
    return call_field_invalid (field, error);
  JsonObject *object = json_node_get_object (node);
  JsonNode *offer = call_json_get_member (object, "offer");
  if (offer == NULL)
    return call_json_fail (error, CALL_MESSAGE_ERROR_MISSING, "media.offer", "is missing");
  if (!call_json_get_boolean (offer, &message->offer))
    return call_field_invalid (field, error);
  message->has_media = TRUE;
  return call_json_take_string (object, "mode", 1, 32, TRUE, &message->media_mode, error);
}

static void
write_media (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  if (!message->has_media)
    return;
  json_builder_set_member_name (builder, field->name);
  json_builder_begin_object (builder);
  call_json_add_string (builder, "mode", message->media_mode);
  call_json_add_boolean (builder, "offer", message->offer);
  json_builder_end_object (builder);
}

const CallKind call_kind_media = {read_media, write_media};

/* ---- kind: quality: the body as it is ---- */

static gboolean
read_quality (const CallField *field, JsonNode *node, CallMessage *message, GError **error)
{
  g_autofree char *text = json_mend_exponents (json_to_string (node, FALSE));

  if (strlen (text) > CALL_MESSAGE_MAX_QUALITY)
    return call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, "the body", "is too long");
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
    JsonNode *member = call_json_get_member (object, names[i]);
    if (member != NULL)
      return call_json_get_boolean (member, &message->ok)
             || call_json_fail (error, CALL_MESSAGE_ERROR_INVALID, names[i], "is not a boolean");
  }
  return TRUE;
}

static void
write_ok (const CallField *field, const CallMessage *message, JsonBuilder *builder)
{
  call_json_add_boolean (builder, "ok", message->ok);
}

const CallKind call_kind_ok = {read_ok, write_ok};

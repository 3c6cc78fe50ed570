/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Who gets a token for Agora's service: whoever has a seat in a live call of that channel. */

#include "tools/call-server/calls.h"

#include "tools/call-server/agora-token.h"
#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/json.h"
#include "tools/call-server/live.h"

static gboolean
is_in_channel (const User *user, const char *channel)
{
  for (guint i = 0; i < user->seats->len; i++) {
    const Seat *seat = g_ptr_array_index (user->seats, i);
    if (g_str_equal (seat->call->record->channel, channel))
      return TRUE;
  }
  return FALSE;
}

static JsonObject *
answer (const Options *options, AgoraToken *token, JsonNode *uid)
{
  gsize size = 0;
  const char *certificate = g_bytes_get_data (options->agora_certificate, &size);
  g_autofree char *digits = g_strndup (certificate, size);
  token->app_id = options->agora_app_id;
  token->certificate = digits;
  token->now = (guint32) (g_get_real_time () / G_USEC_PER_SEC);
  token->ttl = (guint32) options->agora_ttl;
  token->salt = g_random_int ();
  g_autofree char *text =
      options->agora_token_version == OPTIONS_AGORA_006 ? agora_token_006 (token) : agora_token_007 (token);
  JsonObject *body = json_object_new ();
  json_object_set_string_member (body, "token", text);
  json_object_set_string_member (body, "appId", token->app_id);
  json_object_set_string_member (body, "channelName", token->channel);
  json_object_set_member (body, "uid", uid);
  json_object_set_int_member (body, "expiresAt", (gint64) token->now + token->ttl);
  return body;
}

void
call_agora_token (Asker *asker, JsonObject *body)
{
  const Options *options = asker->server->options;
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;
  AgoraToken token = {0};
  if (!arguments_read_agora (body, &token.channel, &uid, &token.publisher, &error)) {
    asker_fail_error (asker, error);
    return;
  }
  token.uid = uid;
  if (options->agora_app_id == NULL || options->agora_certificate == NULL)
    asker_fail (asker, FAILURE_AGORA_NOT_CONFIGURED);
  else if (!is_in_channel (asker->user, token.channel))
    asker_fail_with (asker, FAILURE_NOT_YOURS, "You are in no call of that channel", NULL);
  else
    asker_reply (asker, answer (options, &token, json_node_copy (json_object_get_member (body, "uid"))));
}

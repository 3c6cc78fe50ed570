/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/token.h"

#include "gst/core/callmessage.h"
#include "tools/call-server/json.h"
#include "tools/call-server/token-jws.h"

#include <string.h>

G_DEFINE_QUARK (token - error - quark, token_error)

const char *
token_error_code (const GError *error)
{
  static const char *const codes[] = {
      [TOKEN_ERROR_MISSING] = "token-missing",
      [TOKEN_ERROR_INVALID] = "token-invalid",
      [TOKEN_ERROR_ALGORITHM] = "token-invalid",
      [TOKEN_ERROR_EXPIRED] = "token-expired",
      [TOKEN_ERROR_EARLY] = "token-not-yet-valid",
      [TOKEN_ERROR_TYPE] = "token-wrong-type",
      [TOKEN_ERROR_ISSUER] = "token-wrong-issuer",
      [TOKEN_ERROR_AUDIENCE] = "token-wrong-audience",
      [TOKEN_ERROR_USER] = "token-wrong-user",
      [TOKEN_ERROR_KEY] = "server-error",
  };
  return error->domain == TOKEN_ERROR ? codes[error->code] : "token-invalid";
}

void
token_claims_free (TokenClaims *claims)
{
  if (!g_ref_count_dec (&claims->refs))
    return;
  g_free (claims->user_id);
  g_free (claims->username);
  g_free (claims->full_name);
  g_free (claims->avatar);
  g_free (claims);
}

TokenClaims *
token_claims_ref (TokenClaims *claims)
{
  g_ref_count_inc (&claims->refs);
  return claims;
}

gboolean
token_user_id_is_valid (const char *user_id)
{
  if (user_id == NULL || *user_id == '\0' || strlen (user_id) > CALL_MESSAGE_MAX_ID
      || !g_utf8_validate (user_id, -1, NULL))
    return FALSE;
  for (const char *at = user_id; *at != '\0'; at = g_utf8_next_char (at)) {
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  }
  return TRUE;
}

/* The first of sub, id and userId that is there decides: a malformed one is not passed over for the next. */
static char *
claims_user_id (JsonObject *claims)
{
  static const char *const names[] = {"sub", "id", "userId"};
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (json_object_has (claims, names[i]))
      return json_object_id (claims, names[i]);
  }
  return NULL;
}

static char *
claims_text (JsonObject *claims, const char *name)
{
  const char *text = json_object_text (claims, name);
  return text != NULL && strlen (text) <= CALL_MESSAGE_MAX_TEXT ? g_strdup (text) : NULL;
}

static gboolean
refuse (GError **error, TokenError code, const char *message)
{
  g_set_error_literal (error, TOKEN_ERROR, code, message);
  return FALSE;
}

static gboolean
check_times (JsonObject *claims, const TokenRules *rules, gint64 now, GError **error)
{
  double expires = 0, not_before = 0;
  if (!json_object_number (claims, "exp", &expires))
    return refuse (error, TOKEN_ERROR_INVALID, "the token has no exp");
  if (expires <= (double) (now - rules->leeway))
    return refuse (error, TOKEN_ERROR_EXPIRED, "the token has expired");
  if (!json_object_has (claims, "nbf"))
    return TRUE;
  if (!json_object_number (claims, "nbf", &not_before))
    return refuse (error, TOKEN_ERROR_INVALID, "the token's nbf is no number");
  return not_before <= (double) (now + rules->leeway)
         || refuse (error, TOKEN_ERROR_EARLY, "the token is not valid yet");
}

static gboolean
check_type (JsonObject *claims, GError **error)
{
  return !json_object_has (claims, "type") || g_strcmp0 (json_object_text (claims, "type"), "access") == 0
         || refuse (error, TOKEN_ERROR_TYPE, "the token is no access token");
}

/* aud is a text or a list of them (RFC 7519, 4.1.3). */
static gboolean
has_audience (JsonObject *claims, const char *audience)
{
  JsonNode *node = json_object_get_member (claims, "aud");
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return g_strcmp0 (json_object_text (claims, "aud"), audience) == 0;
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    if (JSON_NODE_HOLDS_VALUE (element) && g_strcmp0 (json_node_get_string (element), audience) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_parties (JsonObject *claims, const TokenRules *rules, GError **error)
{
  if (rules->issuer != NULL && g_strcmp0 (json_object_text (claims, "iss"), rules->issuer) != 0)
    return refuse (error, TOKEN_ERROR_ISSUER, "the token is of another issuer");
  return rules->audience == NULL || has_audience (claims, rules->audience)
         || refuse (error, TOKEN_ERROR_AUDIENCE, "the token is for another audience");
}

static TokenClaims *
take_claims (JsonObject *object, const TokenRules *rules, gint64 now, GError **error)
{
  if (!check_times (object, rules, now, error) || !check_type (object, error) || !check_parties (object, rules, error))
    return NULL;
  g_autofree char *user_id = claims_user_id (object);
  if (!token_user_id_is_valid (user_id)) {
    refuse (error, TOKEN_ERROR_INVALID, "the token names no user");
    return NULL;
  }
  double expires = 0;
  json_object_number (object, "exp", &expires);
  TokenClaims *claims = g_new0 (TokenClaims, 1);
  g_ref_count_init (&claims->refs);
  claims->user_id = g_steal_pointer (&user_id);
  claims->username = claims_text (object, "username");
  claims->full_name = claims_text (object, json_object_has (object, "fullName") ? "fullName" : "name");
  claims->avatar = claims_text (object, "avatar");
  claims->expires = (gint64) MIN (expires, 1e15) + rules->leeway;
  return claims;
}

/* Of several keys for one algorithm any may have signed. */
static gboolean
check_signature (const char *token, const TokenJws *jws, const TokenRules *rules, GError **error)
{
  gboolean known = FALSE;
  for (guint i = 0; i < rules->keys->len; i++) {
    const TokenKey *key = g_ptr_array_index (rules->keys, i);
    if (!g_str_equal (jws->algorithm, token_key_algorithm (key)))
      continue;
    known = TRUE;
    if (token_key_verify (key, token, jws->signed_length, jws->signature))
      return TRUE;
  }
  return known ? refuse (error, TOKEN_ERROR_INVALID, "the token's signature is wrong")
               : refuse (error, TOKEN_ERROR_ALGORITHM, "there is no key for the token's algorithm");
}

TokenClaims *
token_verify (const char *token, const TokenRules *rules, gint64 now, GError **error)
{
  if (token == NULL || *token == '\0') {
    refuse (error, TOKEN_ERROR_MISSING, "there is no token");
    return NULL;
  }
  gboolean short_enough = strnlen (token, TOKEN_MAX_LENGTH + 1) <= TOKEN_MAX_LENGTH;
  g_autoptr (TokenJws) jws = short_enough ? token_jws_parse (token) : NULL;
  if (jws == NULL) {
    refuse (error, TOKEN_ERROR_INVALID, "the token is malformed or too long");
    return NULL;
  }
  return check_signature (token, jws, rules, error) ? take_claims (jws->claims, rules, now, error) : NULL;
}

/* ---- making ---- */

static const TokenKey *
signing_key (const TokenRules *rules)
{
  for (guint i = 0; i < rules->keys->len; i++) {
    const TokenKey *key = g_ptr_array_index (rules->keys, i);
    if (token_key_can_sign (key))
      return key;
  }
  return NULL;
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

char *
token_new (const TokenRules *rules, const char *user_id, const char *name, gint64 now, gint64 ttl, GError **error)
{
  const TokenKey *key = signing_key (rules);
  if (key == NULL) {
    refuse (error, TOKEN_ERROR_KEY, "there is no key to sign with");
    return NULL;
  }
  if (!token_user_id_is_valid (user_id) || (name != NULL && !g_utf8_validate (name, -1, NULL))) {
    refuse (error, TOKEN_ERROR_INVALID, "not a user's name");
    return NULL;
  }
  g_autoptr (JsonObject) claims = json_object_new ();
  set_text (claims, "sub", user_id);
  set_text (claims, "username", user_id);
  set_text (claims, "fullName", name);
  set_text (claims, "type", "access");
  set_text (claims, "iss", rules->issuer);
  set_text (claims, "aud", rules->audience);
  json_object_set_int_member (claims, "iat", now);
  json_object_set_int_member (claims, "exp", now + ttl);
  g_autofree char *head = token_jws_head (token_key_algorithm (key), claims);
  g_autoptr (GBytes) signature = token_key_sign (key, head, strlen (head), error);
  return signature != NULL ? token_jws_complete (head, signature) : NULL;
}

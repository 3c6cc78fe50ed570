/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/token.h"

#include "gst/core/callmessage.h"
#include "tools/call-server/json.h"

#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

G_DEFINE_QUARK (token - error - quark, token_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (jwt_t, jwt_free)

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
      [TOKEN_ERROR_KEY] = "server-error",
  };
  return error->domain == TOKEN_ERROR ? codes[error->code] : "token-invalid";
}

void
token_claims_free (TokenClaims *claims)
{
  g_free (claims->user_id);
  g_free (claims->username);
  g_free (claims->full_name);
  g_free (claims->avatar);
  g_free (claims);
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
claims_user_id (JsonObject *grants)
{
  static const char *const names[] = {"sub", "id", "userId"};
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (json_object_has (grants, names[i]))
      return json_object_id (grants, names[i]);
  }
  return NULL;
}

static char *
claims_text (JsonObject *grants, const char *name)
{
  const char *text = json_object_text (grants, name);
  return text != NULL && strlen (text) <= CALL_MESSAGE_MAX_TEXT ? g_strdup (text) : NULL;
}

static gboolean
check_times (JsonObject *grants, gint64 now, GError **error)
{
  double expires = 0, not_before = 0;
  if (!json_object_number (grants, "exp", &expires)) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "the token has no exp");
    return FALSE;
  }
  if (expires <= (double) now) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_EXPIRED, "the token has expired");
    return FALSE;
  }
  if (!json_object_has (grants, "nbf"))
    return TRUE;
  if (!json_object_number (grants, "nbf", &not_before)) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "the token's nbf is no number");
    return FALSE;
  }
  if (not_before > (double) now) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_EARLY, "the token is not valid yet");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_type (JsonObject *grants, GError **error)
{
  if (!json_object_has (grants, "type") || g_strcmp0 (json_object_text (grants, "type"), "access") == 0)
    return TRUE;
  g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_TYPE, "the token is no access token");
  return FALSE;
}

static TokenClaims *
claims_from_grants (JsonObject *grants, gint64 now, GError **error)
{
  if (!check_times (grants, now, error) || !check_type (grants, error))
    return NULL;
  g_autofree char *user_id = claims_user_id (grants);
  if (!token_user_id_is_valid (user_id)) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "the token names no user");
    return NULL;
  }
  double expires = 0;
  json_object_number (grants, "exp", &expires);
  TokenClaims *claims = g_new0 (TokenClaims, 1);
  claims->user_id = g_steal_pointer (&user_id);
  claims->username = claims_text (grants, "username");
  claims->full_name = claims_text (grants, json_object_has (grants, "fullName") ? "fullName" : "name");
  claims->avatar = claims_text (grants, "avatar");
  claims->expires = (gint64) MIN (expires, 1e15);
  return claims;
}

/* One part of a token: base64url of at least one byte, without padding. */
static gboolean
is_base64url (const char *text, gsize length)
{
  if (length < 2 || length % 4 == 1)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
      return FALSE;
  }
  return TRUE;
}

/* Three such parts. libjwt 1.10 writes past the end of its buffers when a part is empty or of a length that no bytes
 * have, and that before it looks at the signature: nothing of another shape may reach it. */
static gboolean
is_well_formed (const char *token)
{
  const char *first = strchr (token, '.');
  const char *second = first != NULL ? strchr (first + 1, '.') : NULL;
  return second != NULL && is_base64url (token, (gsize) (first - token))
         && is_base64url (first + 1, (gsize) (second - first - 1)) && is_base64url (second + 1, strlen (second + 1));
}

/* libjwt takes a signed token unverified when it has no key, and any HS* where one was meant. */
static jwt_t *
decode (const char *token, GBytes *secret, GError **error)
{
  jwt_t *jwt = NULL;
  gsize size = 0;
  const guint8 *key = g_bytes_get_data (secret, &size);
  if (!is_well_formed (token) || jwt_decode (&jwt, token, key, (int) size) != 0 || jwt == NULL) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "the token is malformed or its signature is wrong");
    return NULL;
  }
  if (jwt_get_alg (jwt) != JWT_ALG_HS256) {
    jwt_free (jwt);
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_ALGORITHM, "the token's algorithm is not HS256");
    return NULL;
  }
  return jwt;
}

TokenClaims *
token_verify (const char *token, GBytes *secret, gint64 now, GError **error)
{
  if (!token_secret_check (secret, error))
    return NULL;
  if (token == NULL || *token == '\0') {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_MISSING, "there is no token");
    return NULL;
  }
  if (strnlen (token, TOKEN_MAX_LENGTH + 1) > TOKEN_MAX_LENGTH) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "the token is too long");
    return NULL;
  }
  g_autoptr (jwt_t) jwt = decode (token, secret, error);
  if (jwt == NULL)
    return NULL;
  char *text = jwt_get_grants_json (jwt, NULL);
  g_autoptr (JsonObject) grants = text != NULL ? json_object_from_text (text, -1, NULL) : NULL;
  free (text);
  if (grants == NULL) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "the token's claims are no object");
    return NULL;
  }
  return claims_from_grants (grants, now, error);
}

static gboolean
add_grants (jwt_t *jwt, const char *user_id, const char *name, gint64 now, gint64 ttl)
{
  return jwt_add_grant (jwt, "sub", user_id) == 0 && jwt_add_grant (jwt, "username", user_id) == 0
         && (name == NULL || jwt_add_grant (jwt, "fullName", name) == 0) && jwt_add_grant (jwt, "type", "access") == 0
         && jwt_add_grant_int (jwt, "iat", now) == 0 && jwt_add_grant_int (jwt, "exp", now + ttl) == 0;
}

char *
token_new (GBytes *secret, const char *user_id, const char *name, gint64 now, gint64 ttl, GError **error)
{
  if (!token_secret_check (secret, error))
    return NULL;
  if (!token_user_id_is_valid (user_id) || (name != NULL && !g_utf8_validate (name, -1, NULL))) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "not a user's name");
    return NULL;
  }
  gsize size = 0;
  const guint8 *key = g_bytes_get_data (secret, &size);
  g_autoptr (jwt_t) jwt = NULL;
  char *text = NULL;
  if (jwt_new (&jwt) == 0 && add_grants (jwt, user_id, name, now, ttl)
      && jwt_set_alg (jwt, JWT_ALG_HS256, key, (int) size) == 0)
    text = jwt_encode_str (jwt);
  if (text == NULL) {
    g_set_error_literal (error, TOKEN_ERROR, TOKEN_ERROR_INVALID, "the token could not be made");
    return NULL;
  }
  char *token = g_strdup (text);
  free (text);
  return token;
}

gboolean
token_secret_check (GBytes *secret, GError **error)
{
  if (secret != NULL && g_bytes_get_size (secret) >= TOKEN_MIN_SECRET && g_bytes_get_size (secret) <= G_MAXINT)
    return TRUE;
  g_set_error (error, TOKEN_ERROR, TOKEN_ERROR_KEY, "the JWT secret must have at least %d bytes", TOKEN_MIN_SECRET);
  return FALSE;
}

GBytes *
token_secret_load (const char *path, GError **error)
{
  g_autofree char *content = NULL;
  gsize size = 0;
  if (!g_file_get_contents (path, &content, &size, error))
    return NULL;
  while (size > 0 && g_ascii_isspace (content[size - 1]))
    size--;
  return g_bytes_new (content, size);
}

GBytes *
token_secret_random (void)
{
  guint8 bytes[TOKEN_MIN_SECRET];
  if (getrandom (bytes, sizeof bytes, 0) != (gssize) sizeof bytes)
    g_error ("the kernel gives no random bytes");
  return g_bytes_new (bytes, sizeof bytes);
}

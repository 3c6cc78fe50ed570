/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The compact form of a signed token (RFC 7515): base64url(header).base64url(claims).base64url(signature). Nothing is
 * verified here. */

typedef struct
{
  char *algorithm; /* what the header says */
  JsonObject *claims;
  gsize signed_length; /* of the text: what the signature is over */
  GBytes *signature;
} TokenJws;

/* NULL: not of that form, or a header that asks for what we don't know (crit). */
TokenJws *token_jws_parse (const char *text);
void token_jws_free (TokenJws *jws);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenJws, token_jws_free)

/* The part that is signed. */
char *token_jws_head (const char *algorithm, JsonObject *claims);
char *token_jws_complete (const char *head, GBytes *signature);

G_END_DECLS

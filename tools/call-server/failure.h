/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why a client does not get what it asked for. As a GError, of what reads what clients send, the code is the Failure
 * and the message goes to the client. */

typedef enum
{
  FAILURE_BAD_JSON,
  FAILURE_BAD_VALUE,
  FAILURE_TARGET_REQUIRED,
  FAILURE_BAD_CALL_TYPE,
  FAILURE_SELF_CALL,
  FAILURE_NO_USER,
  FAILURE_USER_BUSY,
  FAILURE_CALLER_BUSY,
  FAILURE_NO_CALL,
  FAILURE_AGORA_NOT_CONFIGURED,
  FAILURE_NOT_YOURS,
  FAILURE_NOT_YOURS_TO_ACCEPT,
  FAILURE_NOT_YOURS_TO_REJECT,
  FAILURE_NOT_YOURS_TO_END,
  FAILURE_NOT_CALLING,
  FAILURE_LIVE,
  FAILURE_NOT_LIVE,
  FAILURE_NOT_ACCEPTED,
  FAILURE_QUEUE_FULL,
  FAILURE_RATE_LIMITED,
  FAILURE_NO_ROUTE,
  FAILURE_METHOD,
  FAILURE_UNKNOWN_EVENT,
  FAILURE_STORE
} Failure;

typedef struct
{
  guint status; /* of HTTP */
  const char *code;
  const char *message; /* the usual one */
} FailureText;

const FailureText *failure_text (Failure failure);

#define FAILURE_ERROR (failure_error_quark ())
GQuark failure_error_quark (void);
gboolean failure_set (GError **error, Failure failure); /* with its usual message; FALSE, for return */

G_END_DECLS

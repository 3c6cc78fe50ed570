/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/failure.h"

G_DEFINE_QUARK (failure - error - quark, failure_error)

static const FailureText failures[] = {
    [FAILURE_BAD_JSON] = {400, "bad-json", "The body must be a JSON object"},
    [FAILURE_BAD_VALUE] = {400, "bad-value", "A value is missing or malformed"},
    [FAILURE_TARGET_REQUIRED] = {400, "target-required", "Target user ID is required"},
    [FAILURE_BAD_CALL_TYPE] = {400, "bad-call-type", "Call type must be audio or video"},
    [FAILURE_SELF_CALL] = {400, "self-call", "You cannot call yourself"},
    [FAILURE_NO_USER] = {404, "user-not-found", "Target user not found"},
    [FAILURE_USER_BUSY] = {409, "user-busy", "User is busy on another call"},
    [FAILURE_CALLER_BUSY] = {409, "caller-busy", "You are already in a call"},
    [FAILURE_NO_CALL] = {404, "not-found", "Call not found"},
    [FAILURE_AGORA_NOT_CONFIGURED] = {503, "agora-not-configured",
        "Agora is not configured: set agora-app-id (AGORA_APP_ID) and agora-app-certificate-file "
        "(AGORA_APP_CERTIFICATE)"},
    [FAILURE_NOT_YOURS] = {403, "forbidden", "Unauthorized to access this call"},
    [FAILURE_NOT_YOURS_TO_ACCEPT] = {403, "forbidden", "Unauthorized to accept this call"},
    [FAILURE_NOT_YOURS_TO_REJECT] = {403, "forbidden", "Unauthorized to reject this call"},
    [FAILURE_NOT_YOURS_TO_END] = {403, "forbidden", "Unauthorized to end this call"},
    [FAILURE_NOT_CALLING] = {400, "not-calling", "Call is not in calling state"},
    [FAILURE_LIVE] = {400, "live", "Call is still going on"},
    [FAILURE_NOT_LIVE] = {400, "not-live", "Call is over"},
    [FAILURE_NOT_ACCEPTED] = {400, "not-accepted", "Accept the call first"},
    [FAILURE_QUEUE_FULL] = {429, "queue-full", "Too many signals wait for the other participant"},
    [FAILURE_RATE_LIMITED] = {429, "rate-limited", "Too many requests"},
    [FAILURE_NO_ROUTE] = {404, "no-route", "Not found"},
    [FAILURE_METHOD] = {405, "method-not-allowed", "Method not allowed"},
    [FAILURE_UNKNOWN_EVENT] = {404, "unknown-event", "There is no such event"},
    [FAILURE_STORE] = {503, "database", "The database cannot be used at the moment"},
};

const FailureText *
failure_text (Failure failure)
{
  return &failures[failure];
}

gboolean
failure_set (GError **error, Failure failure)
{
  g_set_error_literal (error, FAILURE_ERROR, (int) failure, failures[failure].message);
  return FALSE;
}

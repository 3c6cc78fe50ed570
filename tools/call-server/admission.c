/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/admission.h"

#include "tools/call-server/metrics.h"
#include "tools/call-server/ratelimit.h"

#define MAX_KEYS 65536 /* of each class: 10 MB at most */

struct Admission
{
  RateLimiter *limiters[ADMIT_CLASSES];
};

static const char *const NAMES[] = {
    [ADMIT_USER] = "user",
    [ADMIT_START] = "start",
    [ADMIT_SIGNAL] = "signal",
    [ADMIT_CONNECT] = "connect",
    [ADMIT_ADDRESS] = "address",
    [ADMIT_LOGIN] = "login",
};

Admission *
admission_new (const guint per_minute[ADMIT_CLASSES])
{
  Admission *admission = g_new0 (Admission, 1);

  for (guint i = 0; i < ADMIT_CLASSES; i++)
    admission->limiters[i] = rate_limiter_new (per_minute[i], MAX_KEYS);
  return admission;
}

void
admission_free (Admission *admission)
{
  for (guint i = 0; i < ADMIT_CLASSES; i++)
    rate_limiter_free (admission->limiters[i]);
  g_free (admission);
}

const char *
admission_class_name (AdmitClass which)
{
  return NAMES[which];
}

static gboolean
take (Server *server, AdmitClass which, const char *key, TransportRequest *request)
{
  RateVerdict verdict = rate_limiter_take (server->admission->limiters[which], key, (gint64) uv_now (&server->loop));

  if (request != NULL)
    transport_request_note_quota (request, verdict.limit, verdict.remaining, verdict.reset_s, !verdict.allowed);
  if (!verdict.allowed)
    metrics_count_limited (server->metrics, NAMES[which]);
  return verdict.allowed;
}

/* What a load balancer or Prometheus asks for has to be answered when there is a crowd, too. */
static gboolean
is_exempt (TransportRequest *request)
{
  static const char *const PATHS[] = {"/healthz", "/readyz", "/metrics", NULL};

  return g_strv_contains (PATHS, transport_request_path (request));
}

gboolean
admission_request (Server *server, TransportRequest *request)
{
  g_autofree char *key = NULL;

  if (is_exempt (request))
    return TRUE;
  key = rate_limit_address_key (transport_request_address (request));
  return take (server, ADMIT_ADDRESS, key, request);
}

gboolean
admission_user (Server *server, const User *user, AdmitClass which, TransportRequest *request)
{
  if (which == ADMIT_START && !take (server, ADMIT_USER, user->id, request))
    return FALSE;
  return take (server, which, user->id, request);
}

gboolean
admission_bad_token (Server *server, const char *address, TransportRequest *request)
{
  g_autofree char *key = rate_limit_address_key (address);

  return take (server, ADMIT_LOGIN, key, request);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/users.h"

G_BEGIN_DECLS

/* How much of each kind a user or an address may ask for in a minute (docs/protocol/limits.md). A good token always
 * gets as far as its user's own limits, however many bad ones its address has sent: many users share an address. */

typedef enum
{
  ADMIT_USER,    /* a request, or an event that is none of the next two */
  ADMIT_START,   /* a call; counts as ADMIT_USER, too */
  ADMIT_SIGNAL,  /* call-signal, call-quality */
  ADMIT_CONNECT, /* a socket */
  ADMIT_ADDRESS, /* a request, or a new session */
  ADMIT_LOGIN,   /* a token that was refused */
  ADMIT_CLASSES
} AdmitClass;

typedef struct Admission Admission;

Admission *admission_new (const guint per_minute[ADMIT_CLASSES]);
void admission_free (Admission *admission);
const char *admission_class_name (AdmitClass which); /* "user" ... */

/* TransportHandler.admit. */
gboolean admission_request (Server *server, TransportRequest *request);
/* @request: NULL for an event. */
gboolean admission_user (Server *server, const User *user, AdmitClass which, TransportRequest *request);
gboolean admission_bad_token (Server *server, const char *address, TransportRequest *request);

G_END_DECLS

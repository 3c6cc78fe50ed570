/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/call/callsignaller.h"

G_BEGIN_DECLS

/* One end of a call for the tests of the signallers: a signaller on the thread-default context, and what it said. */
typedef struct
{
  GstCallSignaller *signaller;
  GQueue messages; /* (element-type CallMessage), oldest first */
  guint connected;
  guint disconnected;
  guint failed;
  GError *error; /* the last one of disconnected or failed */
  char *user;    /* of the last connected */
} Party;

/* Runs the thread-default context until @condition, and gives up the process after 20 s. */
#define WAIT_UNTIL(condition)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    guint watchdog_ = party_watchdog_start (G_STRLOC ": " #condition);                                                 \
    while (!(condition))                                                                                               \
      g_main_context_iteration (g_main_context_get_thread_default (), TRUE);                                           \
    party_watchdog_stop (watchdog_);                                                                                   \
  }                                                                                                                    \
  G_STMT_END

guint party_watchdog_start (const char *what);
void party_watchdog_stop (guint watchdog);

Party *party_new (const char *server, const char *token);
Party *party_new_started (const char *server, const char *token); /* waits for connected */
void party_stop (Party *party); /* waits for the stop; asserts that nothing comes after */
void party_free (Party *party); /* stops it if need be */

/* The next message, which must be a @type (transfer full). */
CallMessage *party_next (Party *party, CallMessageType type);

/* Takes @request; waits for the answer. */
CallMessage *party_request (Party *party, CallMessage *request, GError **error);
CallMessage *party_request_ok (Party *party, CallMessage *request);
/* Asserts the refusal. */
void party_request_error (Party *party, CallMessage *request, GstCallSignallerError error);

CallMessage *message_start (const char *user, const char *call_type);
CallMessage *message_for_call (CallMessageType type, const char *call_id);
CallMessage *message_description (const char *call_id, const char *sdp_type, const char *sdp);
CallMessage *message_candidate (const char *call_id, const char *candidate);

guint party_count_fds (void);

G_END_DECLS

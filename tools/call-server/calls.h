/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/asker.h"

G_BEGIN_DECLS

/* The verbs of a call, for REST and events alike. Each takes the asker and answers it. @body may be NULL. */

void call_start (Asker *asker, JsonObject *body);     /* calls-start.c */
void call_accept (Asker *asker, const char *call_id); /* calls-answer.c */
void call_reject (Asker *asker, const char *call_id, JsonObject *body);
void call_end (Asker *asker, const char *call_id);
void call_signal (Asker *asker, JsonObject *body); /* calls-signal.c: events only */
/* calls-quality.c. @call_id: NULL if the body has it. */
void call_quality (Asker *asker, const char *call_id, JsonObject *body);
void call_rate (Asker *asker, const char *call_id, JsonObject *body);
void call_get (Asker *asker, const char *call_id); /* calls-query.c */
void call_hide (Asker *asker, const char *call_id);
void call_list_active (Asker *asker);
/* The event call-active. @call_id: NULL, or the call that this socket says it is in. */
void call_list_mine (Asker *asker, const char *call_id);
void call_stats (Asker *asker);                         /* calls-stats.c: REST only, reads the query */
void call_agora_token (Asker *asker, JsonObject *body); /* calls-agora.c: REST only */
void call_list_history (Asker *asker);                  /* REST only: reads the query */

/* The answer to whoever is in the call from now on: start and accept. */
JsonObject *call_answer_body (const Server *server, const CallRecord *record, const char *user_id, gboolean offer);
/* A job that made the asker the call's answering side: reply, then tell the others. */
void call_accepted (Asker *asker, StoreJob *job);

G_END_DECLS

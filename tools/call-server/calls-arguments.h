/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/stats.h"
#include "tools/call-server/store.h"

G_BEGIN_DECLS

/* What a request or an event asks for, read from its body or its query and checked, before anybody looks who asks.
 * FALSE: a FAILURE_ERROR says what is wrong. @body may be NULL, which is {}; @query is name -> text. Texts that are not
 * const are the caller's to free, the others are those of the body, the query, or static. */

gboolean arguments_read_start (JsonObject *body, char **target, const char **type, GError **error);
gboolean arguments_read_rejection (JsonObject *body, const char **reason, const char **message, GError **error);
gboolean arguments_read_rating (JsonObject *body, int *rating, GError **error);
/* @uid: "" is anybody. */
gboolean arguments_read_agora (JsonObject *body, const char **channel, char **uid, gboolean *publisher, GError **error);

/* Into a job's @filter: what the query does not say stays. */
gboolean arguments_read_filter (GHashTable *query, StoreFilter *filter, GError **error);
gboolean arguments_read_stats (GHashTable *query, StatsPeriod *period, GTimeZone **zone, GError **error);
gboolean arguments_read_search (GHashTable *query, const char **search, GError **error);

#define ARGUMENTS_MAX_LIMIT 100
#define ARGUMENTS_MAX_PAGE 1000000
#define ARGUMENTS_MAX_SEARCH 100 /* bytes */

G_END_DECLS

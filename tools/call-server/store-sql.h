/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/store.h"

G_BEGIN_DECLS

/* All SQL of the server. Everything here runs on the store's thread, but for opening. */

typedef struct StoreSql StoreSql;

StoreSql *store_sql_open (const char *path, GError **error);
StoreSql *store_sql_open_to_read (const char *path, GError **error); /* changes nothing, not even the schema */
int store_sql_schema (void);                                         /* the version that this program makes */
void store_sql_close (StoreSql *sql);

void store_sql_set_outbox (StoreSql *sql, const StoreOutbox *outbox);
/* Whether the outbox got rows since this was asked last. */
gboolean store_sql_outbox_grew (StoreSql *sql);

gboolean store_sql_begin (StoreSql *sql);
gboolean store_sql_commit (StoreSql *sql); /* FALSE: nothing since begin was kept */
void store_sql_rollback (StoreSql *sql);
/* Sets job->result and the rest; a job that fails leaves nothing behind. */
void store_sql_run (StoreSql *sql, StoreJob *job);
/* The same for less, and FALSE: it failed, and what it wrote goes only by a rollback of all. */
gboolean store_sql_try (StoreSql *sql, StoreJob *job);
gint64 store_sql_alive_ms (StoreSql *sql);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "job.h"

G_BEGIN_DECLS

/* Which worker has which call, in a folder that workers share. A claim is a file named after the call, with a lock that
 * its worker holds for as long as it lives: the kernel lets go of it when the worker does not. A file without a lock is
 * a call whose worker is gone. */

typedef struct Claims Claims;
typedef struct Claim Claim;

/* FALSE with @error: no such folder, or not ours to write. */
Claims *claims_open (const char *folder, const char *worker, GError **error);
void claims_close (Claims *claims);

/* NULL without @error: another worker has it. */
Claim *claims_take (Claims *claims, const JobOrder *order, guint attempt, GError **error);
gboolean claim_write (Claim *claim, const JobOrder *order, guint attempt, GError **error);
void claim_release (Claim *claim); /* the call is over: nobody is to take it */

/* A claim whose worker is gone, now ours; @wants says whether we can. NULL: there is none. */
typedef gboolean (*ClaimWantsFunc) (const JobOrder *order, gpointer user_data);
Claim *claims_take_orphan (Claims *claims, ClaimWantsFunc wants, gpointer user_data, JobOrder **order, guint *attempt);

G_END_DECLS

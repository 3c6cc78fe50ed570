/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/options.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The iceServers of a user: STUN as configured, TURN with a credential by the shared-secret scheme (TURN REST). */
JsonArray *ice_servers_for (const Options *options, const char *user_id);

char *ice_turn_username (const char *user_id, gint64 expires);
char *ice_turn_credential (GBytes *secret, const char *username);

G_END_DECLS

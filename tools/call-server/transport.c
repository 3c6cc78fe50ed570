/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/transport.h"

void
transport_config_init (TransportConfig *config)
{
  *config = (TransportConfig){.listen = "127.0.0.1:8080", .path = "/socket.io/"};
}

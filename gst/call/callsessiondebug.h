/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

/* The category "callsession" of the files of the session; registered with its type. */
GST_DEBUG_CATEGORY_EXTERN (callsession_debug);
#define GST_CAT_DEFAULT callsession_debug

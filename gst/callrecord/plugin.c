/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include <gst/gst.h>

#include "calltags.h"
#include "gst/callrecord/gstcallrecordsink.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  call_tags_register ();
  return GST_ELEMENT_REGISTER (callrecordsink, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, callrecord, "Recording of calls", plugin_init, VERSION,
    GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)

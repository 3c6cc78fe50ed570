/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include <gst/gst.h>

#include "calltags.h"
#include "gstcallsignaling.h"
#include "gstcallsink.h"
#include "gstcallsrc.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean ok = FALSE;

  call_tags_register ();
  ok |= GST_ELEMENT_REGISTER (callsignaling, plugin);
  ok |= GST_ELEMENT_REGISTER (callsrc, plugin);
  ok |= GST_ELEMENT_REGISTER (callsink, plugin);
  return ok;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, call, "Calls as pipelines", plugin_init, VERSION, GST_LICENSE,
    GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)

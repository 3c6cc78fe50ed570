/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_west[] = {
    {
        .code = "es",
        .name = "Spain",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1500,0/3000", -10},
                [TONE_BUSY] = {"425/200,0/200", -10},
                [TONE_CONGESTION] = {"425/200,0/200,425/200,0/200,425/200,0/600", -10},
                [TONE_CALL_WAITING] = {"425/175,0/175,425/175,0/3500", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/1000,0/100", -10},
            },
    },
    {
        .code = "fr",
        .name = "France",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"440", -10},
                [TONE_RINGBACK] = {"440/1500,0/3500", -10},
                [TONE_BUSY] = {"440/500,0/500", -10},
                [TONE_CONGESTION] = {"440/250,0/250", -10},
                [TONE_CALL_WAITING] = {"440/300,0/10000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"330+440", -13},
            },
    },
    {
        .code = "ie",
        .name = "Ireland",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"400+450/400,0/200,400+450/400,0/2000", -13},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_CALL_WAITING] = {"425/180,0/200,425/200,0/4500", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "it",
        .name = "Italy",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425/200,0/200,425/600,0/1000", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/400,0/100,425/250,0/100,425/150,0/14000", -10},
                [TONE_RECORD] = {"1400/400,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"470/400,425/400", -10},
            },
    },
    {
        .code = "pt",
        .name = "Portugal",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/5000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/200,0/200,425/200,0/5000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/1000,0/200", -10},
            },
    },
    {NULL},
};

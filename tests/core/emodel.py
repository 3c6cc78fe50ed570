# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints emodel-rows.inc: R by ITU-T G.107 with one parameter moved from its default, computed apart from gst/core/emodel.c.
from math import exp, log10, sqrt

DEFAULTS = dict(slr=8, rlr=2, stmr=15, lstr=18, ds=3, dr=3, telr=65, wepl=110, t=0, tr=0, ta=0, qdu=1, ie=0, bpl=4.3,
                ppl=0, burst_r=1, nc=-70, nfor=-64, ps=35, pr=35, a=0, min_delay=100, slope=1)
MOVED = dict(slr=[0, 18], rlr=[-5, 14], stmr=[8, 10, 20, 25], lstr=[13, 23], ds=[-3], telr=[5, 30], wepl=[5, 60],
             t=[10, 100, 500], tr=[20, 1000], ta=[99, 101, 150, 500], qdu=[4, 14], ie=[11, 40], ps=[60, 85], pr=[45, 85],
             nc=[-80, -40], nfor=[-50], a=[5], ppl=[1, 5, 20])


def rating(slr, rlr, stmr, lstr, ds, dr, telr, wepl, t, tr, ta, qdu, ie, bpl, ppl, burst_r, nc, nfor, ps, pr, a,
           min_delay, slope):
    olr = slr + rlr
    nos = ps - slr - ds - 100 + 0.004 * (ps - olr - ds - 14) ** 2
    pre = pr + 10 * log10(1 + 10 ** ((10 - lstr) / 10))
    nor = rlr - 121 + pre + 0.008 * (pre - 35) ** 2
    no = 10 * log10(sum(10 ** (x / 10) for x in (nc, nos, nor, nfor + rlr)))
    ro = 15 - 1.5 * (slr + no)
    xolr = olr + 0.2 * (64 + no - rlr)
    iolr = 20 * ((1 + (xolr / 8) ** 8) ** (1 / 8) - xolr / 8)
    stmro = -10 * log10(10 ** (-stmr / 10) + exp(-t / 4) * 10 ** (-telr / 10))
    ist = (12 * (1 + ((stmro - 13) / 6) ** 8) ** (1 / 8) - 28 * (1 + ((stmro + 1) / 19.4) ** 35) ** (1 / 35)
           - 13 * (1 + ((stmro - 3) / 33) ** 13) ** (1 / 13) + 29)
    q = 37 - 15 * log10(qdu)
    g = 1.07 + 0.258 * q + 0.0602 * q * q
    iq = 15 * log10(1 + 10 ** ((ro - 100) / 15 + 46 / 8.4 - g / 9) + 10 ** (46 / 30 - g / 40))
    roe = -1.5 * (no - rlr)
    terv = telr - 40 * log10((1 + t / 10) / (1 + t / 150)) + 6 * exp(-0.3 * t * t)
    if stmr < 9:
        terv += ist / 2
    re = 80 + 2.5 * (terv - 14)
    idte = ((roe - re) / 2 + sqrt((roe - re) ** 2 / 4 + 100) - 1) * (1 - exp(-t))
    if stmr > 20:
        idte = sqrt(idte ** 2 + ist ** 2)
    rle = 10.5 * (wepl + 7) * (tr + 1) ** -0.25
    idle = (ro - rle) / 2 + sqrt((ro - rle) ** 2 / 4 + 169)
    idd = 0
    if ta > min_delay:
        x = log10(ta / min_delay) / log10(2)
        idd = 25 * ((1 + x ** (6 * slope)) ** (1 / 6 / slope) - 3 * (1 + (x / 3) ** (6 * slope)) ** (1 / 6 / slope) + 2)
    eff = ie + (95 - ie) * ppl / (ppl / burst_r + bpl)
    return max(0, ro - iolr - ist - iq - idte - idle - idd - eff + a)


print('/* Made by tests/core/emodel.py. */')
for name, values in MOVED.items():
    for value in values:
        print('{G_STRUCT_OFFSET (EmodelParameters, %s), %g, %.9f},' % (name, value, rating(**{**DEFAULTS, name: value})))

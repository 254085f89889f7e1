"""What sites put into addresses to follow those who share them, and that names nothing on the page: one list, as data.

A name stands under everywhere if no site is known to mean anything else by it, else under the sites that use it so. Such as `ref`,
`source` or `id`, which mean something somewhere, are taken off nowhere else. Gathered from what the senders document (Google Ads,
Meta, Microsoft, Matomo, HubSpot, Mailchimp, Marketo, Eloqua, Adobe, AT Internet, Klaviyo, Drip) and from what browsers take off
(Firefox's query stripping, Brave, Safari's link tracking protection). Names are compared in lower case.
"""

import re

EVERYWHERE = frozenset(
    """
    fbclid fb_action_ids fb_action_types fb_ref fb_source fb_comment_id mibextid igsh igshid twclid ttclid ScCid rdt_cid epik
    gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid _ga _gl msclkid yclid ysclid ymclid _openstat li_fat_id
    mc_cid mc_eid mkt_tok vero_id vero_conv oly_anon_id oly_enc_id _hsenc _hsmi __hssc __hstc __hsfp hsctatracking
    ml_subscriber ml_subscriber_hash ck_subscriber_id _ke _kx _bhlid __s dm_i rb_clickid s_cid s_kwcid ef_id wickedid irclickid
    elqtrackid elqtrack elqaid elqat elqcampaignid sfmc_id cm_mmc wt_mc wt_zmc wt.mc_id xtor ncid icid cmpid ocid sr_share
    ref_src ref_url __twitter_impression guccounter guce_referrer guce_referrer_sig soc_src soc_trk ns_source ns_mchannel
    ns_campaign ns_linkname ns_fee triedredirect
    """.lower().split()
)
_PREFIXES = ("utm_", "mtm_", "hsa_", "bsft_")
_FAMILY = re.compile(
    r"(pk|piwik|itm|ga|at)_(campaign|source|medium|content|term|kwd|keyword|cid|format|custom\d|link_id|ptr_name)"
)
OF_SITES = {
    site: frozenset(names.split())
    for sites, names in {
        "youtube.com youtu.be": "si pp ab_channel feature",
        "spotify.com": "si",
        "twitter.com x.com": "s t cxt",
        "reddit.com": "share_id rdt correlation_id ref_source",
        "linkedin.com": "trk trackingid lipi rcm midtoken midsig",
        "facebook.com": "__tn__ fref hc_ref rdid share_url",
        "tiktok.com": "_r _t is_from_webapp sender_device sender_web_id",
        "medium.com": "source",
        "substack.com": "r publication_id post_id isfreemail showwelcomeonshare",
        "amazon.com amazon.co.uk amazon.de amazon.fr amazon.se amazon.ca": (
            "ref ref_ pd_rd_i pd_rd_r pd_rd_w pd_rd_wg pf_rd_p pf_rd_r qid sr crid sprefix dib dib_tag linkcode creative ascsubtag"
        ),
        "nytimes.com": "smid smtyp",
        "washingtonpost.com": "itid wpisrc wpmm",
        "theguardian.com": "cmp",
        "bloomberg.com": "srnd leadsource sref",
        "google.com": "ved ei sca_esv sxsrf gs_lcp gs_lcrp sclient oq aqs uact usg sourceid",
        "bing.com": "cvid form",
        "apple.com": "itscg itsct",
        "aliexpress.com alibaba.com taobao.com": "spm scm pvid algo_pvid",
    }.items()
    for site in sites.split()
}  # fmt: skip


def is_tracking(name: str, site: str) -> bool:
    """Whether a parameter called `name` of an address on `site` (its host, without www.) follows people and no more."""
    name = name.lower()
    if name in EVERYWHERE or name.startswith(_PREFIXES) or _FAMILY.fullmatch(name):
        return True
    labels = site.split(".")
    return any(name in OF_SITES.get(".".join(labels[start:]), ()) for start in range(len(labels) - 1))

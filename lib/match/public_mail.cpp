#include "match/public_mail.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace crmsync::match {

namespace {

/// Sorted, so that it can be searched in halves; a test keeps it so.
constexpr auto providers = std::to_array<std::string_view>({
    "126.com",         "163.com",        "1und1.de",       "a1.net",          "abv.bg",
    "aim.com",         "alice.it",       "aol.co.uk",      "aol.com",         "aol.de",
    "aol.fr",          "aon.at",         "arcor.de",       "att.net",         "bell.net",
    "bellsouth.net",   "bigpond.com",    "bk.ru",          "bluewin.ch",      "bol.com.br",
    "bredband.net",    "btinternet.com", "cableone.net",   "centrum.cz",      "charter.net",
    "chello.at",       "citromail.hu",   "comcast.net",    "comhem.se",       "cox.net",
    "cs.com",          "daum.net",       "docomo.ne.jp",   "duck.com",        "earthlink.net",
    "eircom.net",      "elisanet.fi",    "email.cz",       "email.de",        "ezweb.ne.jp",
    "fastmail.com",    "fastmail.fm",    "foxmail.com",    "free.fr",         "freemail.hu",
    "freenet.de",      "frontier.com",   "gmail.com",      "gmx.at",          "gmx.ch",
    "gmx.co.uk",       "gmx.com",        "gmx.de",         "gmx.fr",          "gmx.net",
    "gmx.us",          "googlemail.com", "hanmail.net",    "hey.com",         "hispeed.ch",
    "home.nl",         "hotmail.be",     "hotmail.ch",     "hotmail.co.uk",   "hotmail.com",
    "hotmail.com.br",  "hotmail.de",     "hotmail.dk",     "hotmail.es",      "hotmail.fr",
    "hotmail.gr",      "hotmail.it",     "hotmail.nl",     "hotmail.no",      "hotmail.se",
    "hushmail.com",    "icloud.com",     "iinet.net.au",   "inbox.lv",        "inbox.ru",
    "interia.pl",      "juno.com",       "kolumbus.fi",    "kpnmail.nl",      "laposte.net",
    "libero.it",       "list.ru",        "live.at",        "live.be",         "live.ca",
    "live.co.uk",      "live.com",       "live.com.au",    "live.de",         "live.dk",
    "live.fr",         "live.it",        "live.nl",        "live.se",         "luukku.com",
    "mac.com",         "mail.bg",        "mail.com",       "mail.de",         "mail.dk",
    "mail.ru",         "mailbox.org",    "me.com",         "msn.com",         "mynet.com",
    "naver.com",       "netscape.net",   "neuf.fr",        "ntlworld.com",    "o2.pl",
    "ofir.dk",         "onet.pl",        "online.de",      "online.no",       "optonline.net",
    "optusnet.com.au", "orange.fr",      "otenet.gr",      "outlook.at",      "outlook.be",
    "outlook.com",     "outlook.com.br", "outlook.de",     "outlook.dk",      "outlook.es",
    "outlook.fr",      "outlook.it",     "outlook.jp",     "planet.nl",       "pm.me",
    "posteo.de",       "posteo.net",     "proton.me",      "protonmail.ch",   "protonmail.com",
    "qq.com",          "rambler.ru",     "rediffmail.com", "roadrunner.com",  "rocketmail.com",
    "rogers.com",      "sapo.pt",        "sbcglobal.net",  "seznam.cz",       "sfr.fr",
    "shaw.ca",         "sina.com",       "sky.com",        "skynet.be",       "softbank.ne.jp",
    "sohu.com",        "spray.se",       "sunrise.ch",     "suomi24.fi",      "sympatico.ca",
    "t-online.de",     "talktalk.net",   "telenet.be",     "telia.com",       "telus.net",
    "terra.com.br",    "tin.it",         "tiscali.it",     "tlen.pl",         "tpg.com.au",
    "tuta.com",        "tuta.io",        "tutanota.com",   "tutanota.de",     "uol.com.br",
    "upcmail.nl",      "verizon.net",    "videotron.ca",   "virgilio.it",     "virginmedia.com",
    "vodafone.it",     "wanadoo.fr",     "web.de",         "windowslive.com", "windstream.net",
    "wp.pl",           "xs4all.nl",      "xtra.co.nz",     "ya.ru",           "yahoo.ca",
    "yahoo.co.in",     "yahoo.co.jp",    "yahoo.co.uk",    "yahoo.com",       "yahoo.com.ar",
    "yahoo.com.au",    "yahoo.com.br",   "yahoo.com.mx",   "yahoo.de",        "yahoo.dk",
    "yahoo.es",        "yahoo.fr",       "yahoo.gr",       "yahoo.ie",        "yahoo.in",
    "yahoo.it",        "yahoo.no",       "yahoo.se",       "yandex.com",      "yandex.ru",
    "yeah.net",        "ymail.com",      "ziggo.nl",       "zoho.com",        "zonnet.nl",
});

} // namespace

bool is_public_mail(const Domain& domain)
{
    return std::binary_search(providers.begin(), providers.end(), domain.text);
}

} // namespace crmsync::match

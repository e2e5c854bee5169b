#pragma once

#include "base/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync {

/// The configuration file, one struct a section. config/crmsync.example.toml is its manual.
struct Settings {
    struct Database {
        std::string url = "postgresql:///crmsync";
    } database;

    struct Http {
        std::string listen = "127.0.0.1:8480";
    } http;

    struct Sync {
        std::chrono::seconds poll_interval{60};
        int history_days = 30;
    } sync;

    struct Tracking {
        std::string track_category = "CRM Track";
        std::string tracked_category = "CRM Tracked";
        std::string review_category = "CRM Review";
        std::string refused_category = "CRM Refused";
        std::string failed_category = "CRM Failed";
        std::string stop_category = "CRM Stop";
        std::string regarding_prefix = "CRM:";
        std::string default_mode = "manual";
        std::string ceiling_mode = "all";
        bool sent_items = true;
        bool show_shared = true;           ///< copies of what other mailboxes track say so, too
        std::string on_untrack = "delete"; ///< delete, keep
        std::string on_untrack_shared = "keep"; ///< the same, in shared mailboxes
        int untrack_grace_days = 30;
        std::vector<std::string> own_domains;

        /// What our categories are called in mailboxes of one language; what is missing, as above.
        struct Names {
            std::optional<std::string> track_category;
            std::optional<std::string> tracked_category;
            std::optional<std::string> review_category;
            std::optional<std::string> refused_category;
            std::optional<std::string> failed_category;
            std::optional<std::string> stop_category;
            std::optional<std::string> regarding_prefix;
        };
        std::map<std::string, Names> names; ///< by language, lower case: "de", "de-at"

        /// The same with the names of a language in the place of the main ones.
        Tracking in_language(const std::string& language) const;
    } tracking;

    struct Privacy {
        std::string internal_only = "skip"; ///< skip, track
        int decision_days = 90;
        /// Well-known names, or paths of display names: "Inbox/Private".
        std::vector<std::string> never_folders = {"junkemail", "deleteditems",
                                                  "conversationhistory"};
    } privacy;

    struct Attachments {
        std::int64_t max_bytes = 5'242'880;
        std::int64_t max_body_bytes = 1'048'576;
        std::vector<std::string> allowed_types; ///< file name endings, lower case, without the dot;
                                                ///< empty = all but the blocked ones
        std::vector<std::string> blocked_types = {"exe", "js"};
        std::string spool_directory = "/var/tmp"; ///< long ones lie here until they are stored
    } attachments;

    /// One Graph tenant.
    struct Provider {
        std::string name;
        std::string kind = "graph";
        std::string tenant_id;
        std::string client_id;
        /// Or certificate_file + private_key_file, or CRMSYNC_<NAME>_CLIENT_SECRET in the
        /// environment: ask read_credentials(). Paths are complete once the file is loaded.
        std::optional<std::string> client_secret_file;
        std::optional<std::string> certificate_file; ///< PEM
        std::optional<std::string> private_key_file; ///< PEM
        std::string cloud = "global";                ///< global, usgov, usgov-dod, china
        std::optional<std::string> authority_url;    ///< else by cloud (G-20); no slash at the end
        std::optional<std::string> graph_url;        ///< host root; "/v1.0" is appended
        std::optional<std::string> ca_file;          ///< PEM; else the system's authorities

        std::string effective_authority_url() const;
        std::string effective_graph_url() const;
        /// What a token is asked for: the Graph the sign-in service knows, which is that of `cloud`
        /// unless another one is named. A graph_url alone is another way to the same Graph.
        std::string token_scope() const;
    };
    std::vector<Provider> providers;

    /// The keys that the file says: "tracking.on_untrack". The others are built in.
    std::set<std::string, std::less<>> given;
};

/// Reads and checks a file. Every mistake of it in one UsageError, joined by "; ", each with file,
/// line, key and what would be right.
Settings load_settings(const std::string& path);

/// Where the configuration is: `option` (--config), else CRMSYNC_CONFIG, else
/// /etc/crmsync/crmsync.toml.
std::string settings_path(const std::optional<std::string>& option);

/// Every key load_settings() reads: "sync.poll_interval", "provider.name".
std::vector<std::string> settings_keys();

/// What a provider lets us in with: a secret, or a certificate with its key.
struct Credentials {
    std::optional<std::string> client_secret;
    std::optional<std::string> certificate_pem;
    std::optional<std::string> private_key_pem;
};

/// Reads them now, so that a renewed secret counts from the next read on. The environment wins
/// over the file. Throws UsageError, with the file's name and never its content.
Credentials read_credentials(const Settings::Provider& provider);

/// "CRMSYNC_CONTOSO_CLIENT_SECRET" for the provider "contoso": upper case, all but letters and
/// digits as an underscore.
std::string client_secret_variable(std::string_view provider_name);

/// Keys on which a running service cannot change its mind: those that differ between the two, for
/// the log line that asks for a restart. Empty: everything that changed can be applied now.
std::vector<std::string> needs_restart(const Settings& running, const Settings& loaded);

} // namespace crmsync

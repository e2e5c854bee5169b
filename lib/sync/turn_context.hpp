#pragma once

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "connector/connector.hpp"
#include "match/effective.hpp"
#include "match/policy.hpp"
#include "model/decision.hpp"
#include "model/mailbox.hpp"
#include "pg/pool.hpp"
#include "settings/settings.hpp"
#include "sync/page_lanes.hpp"
#include "sync/private_hash.hpp"
#include "sync/turn_memory.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace crmsync::sync {

/// The settings decisions are made by, with what is derived from them. Replaced as a whole when the
/// configuration is read again; a turn keeps the one it started with.
struct PolicySnapshot {
    Settings settings;
    match::Policy policy;
    std::string fingerprint; ///< changes whenever a decision could come out differently
    std::string names;       ///< changes whenever a category is written by another name
    bool others = false;     ///< items may carry other names of ours than the present ones
    /// The same for mailboxes of each language that has names of its own; by `settings`' words.
    std::map<std::string, std::shared_ptr<const PolicySnapshot>> languages;
};

/// `retired`: names from before the settings were changed, understood as ever.
std::shared_ptr<const PolicySnapshot>
make_snapshot(Settings settings, const std::vector<match::OtherName>& retired = {});

/// Of `rules` those for a mailbox of this language ("de-AT", else "de"), or themselves.
std::shared_ptr<const PolicySnapshot> in_language(std::shared_ptr<const PolicySnapshot> rules,
                                                  const std::string& language);

/// Every name in every language of these settings.
std::vector<match::OtherName> all_names(const Settings::Tracking& tracking);

/// How long a turn goes on with one thing that waits (a backlog, owed categories, parked items)
/// before the next turn asks for news: live work comes first.
inline constexpr std::chrono::seconds work_at_a_time{5};

/// Told about every decision as it is made; tests compare it with what was asked of the provider.
using DecisionObserver = std::function<void(const Item& item, const Decision& decision)>;

/// What a turn over one mailbox works with. Everything outlives the turn.
struct TurnContext {
    Mailbox mailbox;
    Fence fence;
    Connector& connector;
    pg::Pool& pool;
    Clock& clock;
    Metrics& metrics;
    const PrivateHash& hash;
    std::shared_ptr<const PolicySnapshot> rules;
    bool first_pass = false; ///< no round over all folders has ended yet
    bool first_turn = false; ///< of this process, or under these rules
    DecisionObserver observe;
    std::function<bool()> stopping;  ///< whether the turn is to end: see end_if_stopping
    bool categories_missing = false; ///< an earlier turn could not add ours, and said so
    PageLanes* lanes = nullptr;      ///< nothing: no other turn runs beside this one
    TurnMemory* memory = nullptr;    ///< of the turns before; nothing: every folder is asked
    bool renaming = false;           ///< items may carry names of ours that have changed
    std::function<boost::asio::awaitable<void>()> ask_for_account = nullptr; ///< see below

    /// Asked between pages, before writes and before each transaction: throws Failure(give_back)
    /// where the service shuts down or the mailbox is not ours any more.
    void end_if_stopping() const;

    /// To be called where the mailbox looks like another one than the one that was followed: its
    /// tree is to be read anew, our categories are not in its list, an item that was told of is not
    /// there. Throws where the address belongs to somebody else by now: changes go on being told by
    /// links that were kept, and everything else reaches the stranger.
    boost::asio::awaitable<void> expect_same_account() const;

    Mode mode() const { return match::effective_mode(mailbox.mode, rules->settings); }
    /// Whether copies of what other mailboxes track are shown as tracked in this one.
    bool show_shared() const { return effective().show_shared.value; }
    /// What else holds for this mailbox, whoever said it: as for `mode`, a word of its own first.
    match::EffectiveSettings effective() const
    {
        return match::effective_settings(mailbox, rules->settings);
    }
};

} // namespace crmsync::sync

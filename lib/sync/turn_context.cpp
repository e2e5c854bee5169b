#include "sync/turn_context.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"

namespace crmsync::sync {

void TurnContext::end_if_stopping() const
{
    if (stopping && stopping())
        throw Failure(Reaction::give_back, "daemon.stopping",
                      "the service is shutting down, or the mailbox is not its own any more");
}

boost::asio::awaitable<void> TurnContext::expect_same_account() const
{
    if (ask_for_account)
        co_await ask_for_account();
}

namespace {

std::string digest(std::string_view text) { return hex(bytes_of(sha256(text))).substr(0, 16); }

std::string names_of(const Settings::Tracking& tracking)
{
    return tracking.track_category + '\n' + tracking.tracked_category + '\n' +
           tracking.review_category + '\n' + tracking.refused_category + '\n' +
           tracking.failed_category + '\n' + tracking.stop_category + '\n' +
           tracking.regarding_prefix + '\n';
}

void add_names(std::vector<match::OtherName>& all, const Settings::Tracking& tracking)
{
    all.push_back({tracking.track_category, StateCategory::track});
    all.push_back({tracking.tracked_category, StateCategory::tracked});
    all.push_back({tracking.review_category, StateCategory::review});
    all.push_back({tracking.refused_category, StateCategory::refused});
    all.push_back({tracking.failed_category, StateCategory::failed});
    all.push_back({tracking.stop_category, StateCategory::stop});
    all.push_back({tracking.regarding_prefix, StateCategory::none});
}

/// The names of `settings`, and what else is understood.
std::shared_ptr<PolicySnapshot> snapshot_of(Settings settings,
                                            const std::vector<match::OtherName>& understood)
{
    auto snapshot = std::make_shared<PolicySnapshot>();
    snapshot->policy = match::make_policy(settings, understood);
    const Settings::Tracking& tracking = settings.tracking;
    const std::string text =
        names_of(tracking) + tracking.default_mode + '\n' + tracking.ceiling_mode + '\n' +
        (tracking.sent_items ? "sent" : "") + '\n' + (tracking.show_shared ? "shared" : "") + '\n' +
        join(tracking.own_domains, ",") + '\n' + settings.privacy.internal_only + '\n' +
        std::to_string(settings.sync.history_days) + '\n' +
        join(settings.privacy.never_folders, "\n");
    snapshot->fingerprint = digest(text);
    snapshot->names = digest(names_of(tracking));
    std::size_t prefixes = 1;
    std::size_t states = 6;
    snapshot->others =
        snapshot->policy.understood.size() > states || snapshot->policy.prefixes.size() > prefixes;
    snapshot->settings = std::move(settings);
    return snapshot;
}

} // namespace

std::vector<match::OtherName> all_names(const Settings::Tracking& tracking)
{
    std::vector<match::OtherName> all;
    add_names(all, tracking);
    for (const auto& [language, names] : tracking.names)
        add_names(all, tracking.in_language(language));
    return all;
}

std::shared_ptr<const PolicySnapshot> make_snapshot(Settings settings,
                                                    const std::vector<match::OtherName>& retired)
{
    std::vector<match::OtherName> understood = all_names(settings.tracking);
    understood.insert(understood.end(), retired.begin(), retired.end());
    std::map<std::string, std::shared_ptr<const PolicySnapshot>> languages;
    for (const auto& [language, names] : settings.tracking.names) {
        Settings translated = settings;
        translated.tracking = settings.tracking.in_language(language);
        languages.emplace(language, snapshot_of(std::move(translated), understood));
    }
    const auto snapshot = snapshot_of(std::move(settings), understood);
    snapshot->languages = std::move(languages);
    return snapshot;
}

std::shared_ptr<const PolicySnapshot> in_language(std::shared_ptr<const PolicySnapshot> rules,
                                                  const std::string& language)
{
    const std::string folded = fold(language);
    for (const std::string& name : {folded, folded.substr(0, folded.find('-'))}) {
        const auto at = rules->languages.find(name);
        if (at != rules->languages.end())
            return at->second;
    }
    return rules;
}

} // namespace crmsync::sync

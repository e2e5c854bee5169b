#include "sync/mailbox_mark.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

Failure marked_elsewhere(const std::string& address, const std::string& mark)
{
    constexpr std::size_t longest = 64; // ours is 36; whoever wrote another one, wrote anything
    return {Reaction::stop, "mailbox.marked_elsewhere",
            "the mailbox " + address + " is followed by another installation (" +
                mark.substr(0, longest) + "); disable it there, then: crmsync mailbox enable " +
                address + " --take-over"};
}

} // namespace

Follower follower(const std::string& mark, const std::string& installation)
{
    if (trim(mark).empty())
        return Follower::nobody;
    return fold(trim(mark)) == fold(installation) ? Follower::ourselves : Follower::another;
}

asio::awaitable<MarkReport> ensure_mark(Connector& connector, std::string installation,
                                        std::string address, bool take_over)
{
    MarkReport report;
    const MarkAnswer answer = co_await connector.read_mark();
    if (const auto* instead = std::get_if<NotOffered>(&answer)) {
        report.not_left = instead->message;
        co_return report;
    }
    const std::string& mark = std::get<std::string>(answer);
    const Follower who = follower(mark, installation);
    if (who == Follower::ourselves)
        co_return report;
    if (who == Follower::another && !take_over)
        throw marked_elsewhere(address, mark);
    const auto instead = co_await connector.leave_mark(std::move(installation));
    if (instead) {
        report.not_left = instead->message;
        co_return report;
    }
    report.left = true;
    if (who == Follower::another)
        report.taken_from = mark;
    co_return report;
}

asio::awaitable<ProbeResult> probe_mark(Connector& connector, std::string installation,
                                        std::string address)
{
    ProbeResult result;
    result.step = "mark";
    try {
        const MarkAnswer answer = co_await connector.read_mark();
        const auto* mark = std::get_if<std::string>(&answer);
        const Follower who = mark ? follower(*mark, installation) : Follower::nobody;
        result.passed = who != Follower::another;
        if (who == Follower::another)
            result.detail = marked_elsewhere(address, *mark).message();
        else if (who == Follower::ourselves)
            result.detail = "of this installation";
        else
            result.detail = mark ? "none yet" : "none; the provider keeps no marks";
    } catch (const Failure& failure) {
        result.detail = failure.message();
    }
    co_return result;
}

asio::awaitable<void> take_mark_away(Connector& connector, std::string installation)
{
    const MarkAnswer answer = co_await connector.read_mark();
    const auto* mark = std::get_if<std::string>(&answer);
    if (!mark || follower(*mark, installation) != Follower::ourselves)
        co_return;
    // Where the provider takes no such write the mark stays; whoever comes next takes it over.
    co_await connector.leave_mark(std::string());
}

} // namespace crmsync::sync

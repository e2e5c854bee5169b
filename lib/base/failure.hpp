#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync {

/// What to do about a failure. Sorted by reaction, not by origin.
enum class Reaction {
    retry,       ///< again with growing delay: network, 5xx, serialization failure
    wait,        ///< again when told: throttled, server busy; `advice` says when, if it said
    reauthorise, ///< token, consent, certificate, endpoint; pause the mailbox until it works
    give_back,   ///< lease lost or shutting down; stop quietly
    set_aside,   ///< this item cannot be handled; note it, go on with the next
    stop,        ///< this mailbox cannot be handled until a person changes something
};

std::string_view to_string(Reaction);

/// An operation that cannot be carried out now. Thrown, and caught at the top of a loop, once.
/// Outcomes a caller branches on are in return types instead.
///
/// `name` is stable ("graph.throttled", "lease.lost"): log, metrics and OPERATIONS.md use it.
/// `message` is for a person: what happened, to which object, what to do. No private text.
class Failure : public std::exception {
public:
    Failure(Reaction reaction, std::string name, std::string message,
            std::optional<std::chrono::milliseconds> advice = std::nullopt);

    Reaction reaction() const { return reaction_; }
    const std::string& name() const { return name_; }
    const std::string& message() const { return message_; }
    std::optional<std::chrono::milliseconds> advice() const { return advice_; }
    const char* what() const noexcept override { return what_.c_str(); }

    /// Adds where it happened: "while reading folder Inbox". Innermost first.
    Failure& while_doing(std::string_view context);

private:
    Reaction reaction_;
    std::string name_;
    std::string message_;
    std::optional<std::chrono::milliseconds> advice_;
    std::string what_;
};

/// A mistake in the configuration or on the command line: exit code 2, one line.
class UsageError : public std::exception {
public:
    explicit UsageError(std::string message) : message_(std::move(message)) {}
    const char* what() const noexcept override { return message_.c_str(); }

private:
    std::string message_;
};

} // namespace crmsync

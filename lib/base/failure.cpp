#include "base/failure.hpp"

#include <utility>

namespace crmsync {

std::string_view to_string(Reaction reaction)
{
    switch (reaction) {
    case Reaction::retry:
        return "retry";
    case Reaction::wait:
        return "wait";
    case Reaction::reauthorise:
        return "reauthorise";
    case Reaction::give_back:
        return "give_back";
    case Reaction::set_aside:
        return "set_aside";
    case Reaction::stop:
        return "stop";
    }
    return "";
}

Failure::Failure(Reaction reaction, std::string name, std::string message,
                 std::optional<std::chrono::milliseconds> advice)
    : reaction_(reaction), name_(std::move(name)), message_(std::move(message)), advice_(advice),
      what_(name_ + ": " + message_)
{}

Failure& Failure::while_doing(std::string_view context)
{
    message_.append(", while ").append(context);
    what_ = name_ + ": " + message_;
    return *this;
}

} // namespace crmsync

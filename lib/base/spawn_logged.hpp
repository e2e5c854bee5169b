#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <string>

namespace crmsync {

/// Starts a coroutine nobody waits for. An exception that leaves it is logged under `name`;
/// cancellation and failures that ask to give back are not.
void spawn_logged(boost::asio::any_io_executor executor, std::string name,
                  boost::asio::awaitable<void> work);

} // namespace crmsync

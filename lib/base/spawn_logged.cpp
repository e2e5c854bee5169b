#include "base/spawn_logged.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace crmsync {

namespace {

void report(const std::string& name, std::exception_ptr thrown)
{
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::give_back)
            log::error(log::Area::daemon, "a background task ended",
                       {{"task", name}, {"failure", failure.name()}, {"why", failure.message()}});
    } catch (const boost::system::system_error& error) {
        if (error.code() != boost::asio::error::operation_aborted)
            log::error(log::Area::daemon, "a background task ended",
                       {{"task", name}, {"why", error.what()}});
    } catch (const std::exception& error) {
        log::error(log::Area::daemon, "a background task ended",
                   {{"task", name}, {"why", error.what()}});
    } catch (...) {
        log::error(log::Area::daemon, "a background task ended",
                   {{"task", name}, {"why", "an exception of no known type"}});
    }
}

} // namespace

void spawn_logged(boost::asio::any_io_executor executor, std::string name,
                  boost::asio::awaitable<void> work)
{
    boost::asio::co_spawn(executor, std::move(work),
                          [name = std::move(name)](std::exception_ptr thrown) {
                              if (thrown)
                                  report(name, std::move(thrown));
                          });
}

} // namespace crmsync

// The names of CPython 3.13.0's own tests for what is ported here, by file and class. Made by this
// program, run with that Python:
//
//     import ast, pathlib, textwrap, test.test_asyncio as home
//     folder = pathlib.Path(list(home.__path__)[0])
//     for suite in ("test_locks", "test_streams", "test_subprocess", "test_server"):
//         print(f"  {suite}: {{")
//         for node in ast.walk(ast.parse((folder / f"{suite}.py").read_text())):
//             tests = [f.name for f in ast.walk(node) if f.__class__.__name__.endswith("FunctionDef")]
//             tests = list(dict.fromkeys(name for name in tests if name.startswith("test_")))
//             if isinstance(node, ast.ClassDef) and tests:
//                 text = textwrap.fill(" ".join(tests), 94, initial_indent="      ", subsequent_indent="      ")
//                 print(f"    {node.name}: `\n{text}`,")
//         print("  },")

/** Words: the tests of each class of each file. */
export const cpythonTests: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  test_locks: {
    LockTests: `
      test_repr test_lock test_lock_doesnt_accept_loop_parameter test_lock_by_with_statement
      test_acquire test_acquire_cancel test_cancel_race test_cancel_release_race
      test_finished_waiter_cancelled test_release_not_acquired test_release_no_waiters
      test_context_manager`,
    EventTests: `
      test_repr test_wait test_wait_on_set test_wait_cancel test_clear test_clear_with_waiters`,
    ConditionTests: `
      test_wait test_wait_cancel test_wait_cancel_contested test_wait_cancel_after_notify
      test_wait_unacquired test_wait_for test_wait_for_unacquired test_notify test_notify_all
      test_notify_unacquired test_notify_all_unacquired test_repr test_context_manager
      test_explicit_lock test_ambiguous_loops test_timeout_in_block
      test_cancelled_error_wakeup test_cancelled_error_re_aquire test_cancelled_wakeup
      test_cancelled_wakeup_relock`,
    SemaphoreTests: `
      test_initial_value_zero test_repr test_semaphore test_semaphore_value test_acquire
      test_acquire_cancel test_acquire_cancel_before_awoken test_acquire_hang
      test_acquire_no_hang test_release_not_acquired test_release_no_waiters
      test_acquire_fifo_order test_acquire_fifo_order_2 test_acquire_fifo_order_3
      test_acquire_fifo_order_4`,
    BarrierTests: `
      test_barrier test_repr test_barrier_parties test_context_manager test_filling_one_task
      test_filling_one_task_twice test_filling_task_by_task test_filling_tasks_wait_twice
      test_filling_tasks_check_return_value test_draining_state
      test_blocking_tasks_while_draining test_filling_tasks_cancel_one test_reset_barrier
      test_reset_barrier_while_tasks_waiting test_reset_barrier_when_tasks_half_draining
      test_reset_barrier_when_tasks_half_draining_half_blocking
      test_reset_barrier_while_tasks_waiting_and_waiting_again
      test_reset_barrier_while_tasks_draining test_abort_barrier
      test_abort_barrier_when_tasks_half_draining_half_blocking
      test_abort_barrier_when_exception test_abort_barrier_when_exception_then_resetting`,
  },
  test_streams: {
    StreamTests: `
      test_open_connection test_open_unix_connection test_open_connection_no_loop_ssl
      test_open_unix_connection_no_loop_ssl test_open_connection_error
      test_open_unix_connection_error test_feed_empty_data test_feed_nonempty_data
      test_read_zero test_read test_read_line_breaks test_read_eof test_read_until_eof
      test_read_exception test_invalid_limit test_read_limit test_readline
      test_readline_limit_with_existing_data test_at_eof test_readline_limit
      test_readline_nolimit_nowait test_readline_eof test_readline_empty_eof
      test_readline_read_byte_count test_readline_exception test_readuntil_separator
      test_readuntil_multi_chunks test_readuntil_multi_chunks_1 test_readuntil_eof
      test_readuntil_limit_found_sep test_readuntil_multi_separator
      test_readuntil_multi_separator_limit test_readuntil_multi_separator_negative_offset
      test_readuntil_bytearray test_readexactly_zero_or_less test_readexactly
      test_readexactly_limit test_readexactly_eof test_readexactly_exception test_exception
      test_exception_waiter test_exception_cancel test_start_server test_start_unix_server
      test_start_tls test_read_all_from_pipe_reader test_streamreader_constructor_without_loop
      test_streamreader_constructor_use_running_loop
      test_streamreader_constructor_use_global_loop
      test_streamreaderprotocol_constructor_without_loop
      test_streamreaderprotocol_constructor_use_running_loop
      test_streamreaderprotocol_constructor_use_global_loop test_multiple_drain
      test_drain_raises test___repr__ test___repr__nondefault_limit test___repr__eof
      test___repr__data test___repr__exception test___repr__waiter test___repr__transport
      test_IncompleteReadError_pickleable test_LimitOverrunError_pickleable
      test_wait_closed_on_close test_wait_closed_on_close_with_unread_data
      test_async_writer_api test_async_writer_api_exception_after_close
      test_eof_feed_when_closing_writer test_unclosed_resource_warnings
      test_loop_is_closed_resource_warnings test_unclosed_server_resource_warnings
      test_unhandled_exception test_unhandled_cancel`,
  },
  test_subprocess: {
    SubprocessTransportTests: `
      test_proc_exited test_subprocess_repr`,
    SubprocessMixin: `
      test_stdin_stdout test_communicate test_communicate_none_input test_shell
      test_start_new_session test_kill test_kill_issue43884 test_terminate test_send_signal
      test_stdin_broken_pipe test_communicate_ignore_broken_pipe test_pause_reading
      test_stdin_not_inheritable test_empty_input test_devnull_input test_devnull_output
      test_devnull_error test_devstdin_input test_cancel_process_wait
      test_cancel_make_subprocess_transport_exec test_cancel_post_init test_close_kill_running
      test_close_dont_kill_finished test_popen_error test_popen_error_with_stdin_pipe
      test_read_stdout_after_process_exit test_create_subprocess_exec_text_mode_fails
      test_create_subprocess_shell_text_mode_fails test_create_subprocess_exec_with_path
      test_create_subprocess_env_shell test_create_subprocess_env_exec
      test_subprocess_concurrent_wait test_subprocess_protocol_events
      test_subprocess_communicate_stdout test_subprocess_send_signal_race`,
    MultiLoopChildWatcherTests: `
      test_warns`,
    GenericWatcherTests: `
      test_create_subprocess_fails_with_inactive_watcher test_create_subprocess_with_pidfd`,
  },
  test_server: {
    BaseStartServer: `
      test_start_server_1`,
    SelectorStartServerTests: `
      test_start_unix_server_1`,
    TestServer2: `
      test_wait_closed_basic test_wait_closed_race test_close_clients test_abort_clients`,
    UnixServerCleanupTests: `
      test_unix_server_addr_cleanup test_unix_server_sock_cleanup
      test_unix_server_cleanup_gone test_unix_server_cleanup_replaced
      test_unix_server_cleanup_prevented`,
  },
};
